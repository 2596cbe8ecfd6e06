import type { Cell } from '../record/index.js';
import { humanDuration } from './progress.js';
import { trialId } from './trial-id.js';

/** How much of the plan is done and how long the rest will take, from the time that finished trials really took. */
export class PlanClock {
  readonly #totalMs: number;
  #leftMs: number;

  /** `besidesMs`: what comes after the cells and is expected to take that long. */
  constructor(cells: readonly Cell[], done: ReadonlySet<string>, besidesMs: number) {
    const all = cells.flatMap((each) =>
      Array.from({ length: each.trials }, (_, block) => ({ each, id: trialId(each.id, block) })),
    );
    this.#totalMs = all.reduce((sum, { each }) => sum + cellMs(each), besidesMs);
    this.#leftMs = all.filter(({ id }) => !done.has(id)).reduce((sum, { each }) => sum + cellMs(each), besidesMs);
  }

  finished(each: Cell): void {
    this.#leftMs -= cellMs(each);
  }

  /** Something besides the cells is done. */
  passed(ms: number): void {
    this.#leftMs -= ms;
  }

  /** `[42%] 3 min 20 s left` */
  text(): string {
    const share = Math.floor((100 * (this.#totalMs - this.#leftMs)) / Math.max(1, this.#totalMs));
    return `[${share}%] ${humanDuration(this.#leftMs)} left`;
  }
}

/** Measured beside the window itself: metrics pages, files, the generator's own start. */
const AROUND_MS = 100;

function cellMs(each: Cell): number {
  return each.warmupMs + each.durationMs + AROUND_MS;
}
