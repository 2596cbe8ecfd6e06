import type { Asked } from './study-record.js';

/** The command that puts an experiment to the same model as a run's. */
export function commandToAsk(experiment: string, asked: Asked | undefined): string {
  const model = asked?.model;
  const words = [
    ...(model === undefined ? [] : ['--model', model.path]),
    ...(model?.requests === undefined ? [] : ['--requests', model.requests]),
    ...(model?.signature === undefined ? [] : ['--signature', model.signature]),
  ];
  return ['npm run study --', ...words, `--profile standard --only ${experiment}`].join(' ');
}
