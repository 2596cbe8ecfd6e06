import type { Cell } from '../../record/index.js';

/** The run's own command, narrowed to a cell's experiment and contestant: profile and seeds stay. */
export function rerunCommand(
  command: string,
  { experiment, contestant }: Pick<Cell, 'experiment' | 'contestant'>,
): string {
  const kept = command
    .replace(/\s--(?:resume|only|contestants)(?:=|\s+)\S+/g, '')
    .replace(/\s+--\s*$/, '')
    .trim();
  const separator = kept.includes(' -- ') ? '' : ' --';
  return `${kept}${separator} --only ${experiment} --contestants ${contestant}`;
}
