import type { CellResult } from '../../record/index.js';
import { VALUES_FOR_INTERVAL } from './bootstrap.js';

/** Trials that the figures of a cell are made of: the valid ones, or all when none is. */
export function trialsUsed({ trials }: Pick<CellResult, 'trials'>): number {
  return trials.filter(({ valid }) => valid).length || trials.length;
}

/** Whether the span of a mean over so many trials or blocks is no interval but their range. */
export function isRange(n: number): boolean {
  return n < VALUES_FOR_INTERVAL;
}

/** What the ends of these cells' throughputs are, for a caption: `with ${spanWords(cells)}`. */
export function spanWords(cells: readonly Pick<CellResult, 'trials'>[]): string {
  const ranges = cells.filter((each) => isRange(trialsUsed(each))).length;
  if (ranges === 0) return 'bootstrap 95% intervals over trials';
  return ranges === cells.length
    ? 'the range of the trials, which are fewer than five'
    : 'bootstrap 95% intervals over trials; with fewer than five trials, their range';
}
