import { bootstrapMedianOfPasses } from './bootstrap.js';

/** The same metric of two contestants in one block (method rule 8). */
export interface Pair {
  readonly numerator: number;
  readonly denominator: number;
  /** The pass of the plan that the block belongs to; absent: there was one. */
  readonly pass?: number;
}

export interface PairedRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
  /** Passes of the plan that they are spread over. */
  readonly passes: number;
}

/**
 * Median of the pairs' ratios with a bootstrap 95% interval over passes and the pairs within them (method rules 8 and 9). The median, because a machine that
 * changes speed inside a block spoils that block's ratio and no other: the interval of a mean is then half as wide again and
 * holds the truth in 92% of runs only (drifting-machine.test.ts). Logarithms, so that exchanging the two sides gives exactly
 * the inverse. The same pairs and seed give the same numbers. A metric may be 0 or infinite on one side: a block with the
 * worst there is. Where that reaches the median or its interval these are 0, infinite or NaN.
 * @throws RangeError for fewer than two pairs or a pair that has no ratio.
 */
export function pairedRatio(pairs: readonly Pair[], seed: number, resamples?: number): PairedRatio {
  if (pairs.length < 2) throw new RangeError(`a paired ratio needs at least two pairs, not ${pairs.length}`);
  const logs = new Map<number, number[]>();
  for (const { numerator, denominator, pass = 0 } of pairs) {
    const log = Math.log(numerator / denominator);
    if (!(numerator >= 0 && denominator >= 0) || Number.isNaN(log))
      throw new RangeError(`no ratio of ${numerator} to ${denominator}`);
    logs.set(pass, [...(logs.get(pass) ?? []), log]);
  }
  const { value, low, high } = bootstrapMedianOfPasses([...logs.values()], seed, resamples);
  return {
    ratio: Math.exp(value),
    low: Math.exp(low),
    high: Math.exp(high),
    pairs: pairs.length,
    passes: logs.size,
  };
}
