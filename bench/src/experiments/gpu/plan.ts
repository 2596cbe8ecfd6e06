import type { Cell, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

/** A light model, for which the way to the GPU and back may cost more than it brings, and a heavy one. */
const MODELS = [DEFAULT_MODEL, 'resnet50'];
const CONTESTANTS = ['flask-style', 'direct-rest', 'bare-engine'];
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 6, thorough: 12 };
const DURATION_MS = 1500;

/** The same model on a GPU and on the CPU, in turn. */
export const gpu: Experiment = {
  id: 'gpu',
  profiles: ['standard', 'thorough'],
  notTested: ({ noGpu }) => noGpu,
  cells: (context) =>
    MODELS.flatMap((name) => {
      const model = context.models.get(name);
      return model === undefined
        ? []
        : ['gpu', 'cpu'].flatMap((device) => cellsOn(device, name, model.version, context));
    }),
};

function cellsOn(device: string, model: string, modelVersion: number, { profile, contestants }: PlanContext): Cell[] {
  return contestants
    .filter(({ id }) => CONTESTANTS.includes(id))
    .map((contestant) =>
      cell({
        experiment: 'gpu',
        contestant,
        loop: { kind: 'closed', concurrency: 1 },
        model,
        modelVersion,
        factors: { device },
        comparedBy: { factor: 'device' },
        trials: TRIALS[profile],
        warmupMs: 500,
        durationMs: DURATION_MS,
      }),
    );
}
