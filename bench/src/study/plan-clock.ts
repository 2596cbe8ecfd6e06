import type { Cell } from '../record/index.js';
import { trialId } from './trial-id.js';

/** How much of the plan is done and how long the rest will take, from the time that finished trials really took. */
export class PlanClock {
  readonly #totalMs: number;
  #leftMs: number;

  constructor(cells: readonly Cell[], done: ReadonlySet<string>) {
    const all = cells.flatMap((each) =>
      Array.from({ length: each.trials }, (_, block) => ({ each, id: trialId(each.id, block) })),
    );
    this.#totalMs = all.reduce((sum, { each }) => sum + cellMs(each), 0);
    this.#leftMs = all.filter(({ id }) => !done.has(id)).reduce((sum, { each }) => sum + cellMs(each), 0);
  }

  finished(each: Cell): void {
    this.#leftMs -= cellMs(each);
  }

  leftMs(): number {
    return this.#leftMs;
  }

  /** `42%` */
  share(): string {
    return `${Math.floor((100 * (this.#totalMs - this.#leftMs)) / Math.max(1, this.#totalMs))}%`;
  }
}

/** Measured beside the window itself: metrics pages, files, the generator's own start. */
const AROUND_MS = 100;

function cellMs(each: Cell): number {
  return each.warmupMs + each.durationMs + AROUND_MS;
}
