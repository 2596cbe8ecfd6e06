import type { CellResult } from '../../record/index.js';

const GAIN = 1.05;

/**
 * Index of the first valid cell after which no further one brings more than 5% throughput; undefined when throughput still
 * grows at the last. The cells are one contestant's in order of concurrency; INVALID ones are passed over.
 */
export function saturationIndex(cells: readonly Pick<CellResult, 'valid' | 'throughputPerS'>[]): number | undefined {
  const valid = cells.flatMap(({ valid: passed, throughputPerS }, index) =>
    passed ? [{ index, perS: throughputPerS.value }] : [],
  );
  const found = valid.findIndex(
    ({ perS }, place) => place < valid.length - 1 && valid.slice(place + 1).every((later) => later.perS <= perS * GAIN),
  );
  return valid[found]?.index;
}
