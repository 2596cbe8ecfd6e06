import type { Judgement } from '../questions/claim.js';
import type { Effect } from '../record/index.js';
import { judgeRatio, pairedRatio, type Saying } from '../stats/index.js';

/** Ratios this near to 1 are as good as 1, where a claim does not say otherwise (method rule 10). */
export const MARGIN = 0.05;

/** Judges a claim about two series of figures that were observed in the same blocks, in turn; null: none in that block. */
export function judgePairs(
  blocks: readonly (readonly [numerator: number | null, denominator: number | null])[],
  asked: {
    readonly metric: string;
    readonly contestants: Effect['contestants'];
    readonly says: Saying;
    readonly condition: string;
    /** Of the bootstrap. */
    readonly seed: number;
  },
): Judgement {
  const { metric, contestants, says, condition, seed } = asked;
  const pairs = blocks.flatMap(([numerator, denominator]) =>
    numerator === null || denominator === null ? [] : [{ numerator, denominator }],
  );
  if (pairs.length < 2)
    return { verdict: 'INCONCLUSIVE', condition, effects: [], reason: 'too few blocks were observed for both' };
  const found: Effect = { metric, contestants, margin: MARGIN, ...pairedRatio(pairs, seed) };
  return { verdict: judgeRatio(found, { says, margin: MARGIN }), condition, effects: [found], reason: '' };
}
