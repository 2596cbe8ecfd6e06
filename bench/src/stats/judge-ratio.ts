import type { Verdict } from '../record/index.js';
import type { RatioInterval } from './paired-ratio.js';

/**
 * The verdict on a claim about a ratio (method rule 10). EQUIVALENT when the interval lies inside 1 ± margin, CONFIRMED when it
 * lies wholly on the claimed side of 1, REFUTED when wholly on the other, INCONCLUSIVE otherwise.
 */
export function judgeRatio({ low, high }: RatioInterval, claim: { readonly claims: 'below 1' | 'above 1'; readonly margin: number }): Verdict {
  if (low >= 1 - claim.margin && high <= 1 + claim.margin) return 'EQUIVALENT';
  if (high < 1) return claim.claims === 'below 1' ? 'CONFIRMED' : 'REFUTED';
  if (low > 1) return claim.claims === 'above 1' ? 'CONFIRMED' : 'REFUTED';
  return 'INCONCLUSIVE';
}
