import type { Verdict } from '../../record/index.js';

/** Fewer blocks than this decide nothing (method rule 8). */
export const PAIRS_NEEDED = 5;

export interface RatioClaim {
  /** What the claim says of the ratio. */
  readonly claims: 'below 1' | 'above 1';
  /** Ratios between 1 / (1 + margin) and 1 + margin are as good as 1. */
  readonly margin: number;
}

/**
 * What an interval says of a claim (method rule 10). An interval inside the margin is EQUIVALENT even when it leaves 1 out:
 * significant is not the same as large.
 */
export function judgeRatio(
  ratio: { readonly low: number; readonly high: number; readonly pairs: number },
  { claims, margin }: RatioClaim,
): Exclude<Verdict, 'NOT TESTED'> {
  if (ratio.pairs < PAIRS_NEEDED) return 'INCONCLUSIVE';
  const [least, most] = [1 / (1 + margin), 1 + margin];
  if (ratio.low >= least && ratio.high <= most) return 'EQUIVALENT';
  if (ratio.low <= 1 && ratio.high >= 1) return 'INCONCLUSIVE';
  return ratio.high < 1 === (claims === 'below 1') ? 'CONFIRMED' : 'REFUTED';
}
