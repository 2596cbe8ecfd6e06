import type { Observation } from '../observations/index.js';
import type { Cell, OwnModel, StudyRecord } from '../record/index.js';
import { trialMs } from './make-plan.js';
import { formatDuration } from '../words/number.js';
import { trialId } from './trial.js';

/** How much of the plan is done and how long the rest will take; servers' starts are spread over it. */
export class PlanClock {
  readonly #totalMs: number;
  #leftMs: number;
  readonly #expectedMs: number;
  readonly #own: OwnModel | undefined;

  constructor(
    { plan, observations: seen, own }: StudyRecord,
    observations: Readonly<Record<string, Observation>>,
    done: ReadonlySet<string>,
  ) {
    this.#own = own;
    const left = plan.experiments.filter((id) => !(id in seen));
    const observeMs = left.reduce((sum, id) => sum + (observations[id]?.expectedMs(plan.profile, own) ?? 0), 0);
    const blocksLeft = (cell: Cell): number =>
      Array.from({ length: cell.trials }, (_, block) => trialId(cell.id, block)).filter((id) => !done.has(id)).length;
    this.#totalMs = plan.cells.reduce((sum, cell) => sum + cell.trials * trialMs(cell, own), observeMs);
    this.#leftMs = plan.cells.reduce((sum, cell) => sum + blocksLeft(cell) * trialMs(cell, own), observeMs);
    this.#expectedMs = plan.expectedMs;
  }

  /** One trial of each of these cells is done. */
  passed(cells: readonly Cell[]): void {
    this.#leftMs -= cells.reduce((sum, cell) => sum + trialMs(cell, this.#own), 0);
  }

  /** Something besides the cells is done. */
  passedMs(ms: number): void {
    this.#leftMs -= ms;
  }

  /** `[42%] 3 min 20 s left` */
  text(): string {
    const left = this.#leftMs / Math.max(1, this.#totalMs);
    return `[${Math.floor(100 * (1 - left))}%] ${formatDuration(left * Math.max(this.#expectedMs, this.#totalMs))} left`;
  }
}
