import type { Cell, CellResult } from '../../record/index.js';
import { summariseCell } from '../../stats/index.js';
import { aSteadyTrial } from '../../stats/testing/a-trial.js';

/** A valid cell whose answers all took `serviceMs`, in as many blocks as it has trials. */
export function measuredCell(cell: Cell, serviceMs: number): CellResult {
  const trials = Array.from({ length: cell.trials }, (_, block) =>
    aSteadyTrial(serviceMs, { block, cell: cell.id, id: `${cell.id}#${block}`, durationMs: cell.durationMs }),
  );
  return { ...summariseCell(cell, trials), valid: true };
}
