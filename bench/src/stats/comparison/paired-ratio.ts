import { bootstrapMedian } from './bootstrap.js';

/** The same metric of two contestants in one block (method rule 8). */
export interface Pair {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * Median of the pairs' ratios with a bootstrap 95% interval over the pairs (method rule 9). The median, because a machine that
 * changes speed inside a block spoils that block's ratio and no other: the interval of a mean is then half as wide again and
 * holds the truth in 92% of runs only (drifting-machine.test.ts). Logarithms, so that exchanging the two sides gives exactly
 * the inverse. The same pairs and seed give the same numbers.
 * @throws RangeError for fewer than two pairs or a metric that is not positive: no ratio can be said.
 */
export function pairedRatio(
  pairs: readonly Pair[],
  seed: number,
  resamples?: number,
): { readonly ratio: number; readonly low: number; readonly high: number } {
  if (pairs.length < 2) throw new RangeError(`a paired ratio needs at least two pairs, not ${pairs.length}`);
  const logs = pairs.map(({ numerator, denominator }) => {
    if (!(numerator > 0 && denominator > 0)) throw new RangeError(`no ratio of ${numerator} to ${denominator}`);
    return Math.log(numerator / denominator);
  });
  const { value, low, high } = bootstrapMedian(logs, seed, resamples);
  return { ratio: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}
