import type { Interval, Verdict } from '../../record/index.js';

/** Fewer blocks than this decide nothing (method rule 8). */
export const PAIRS_NEEDED = 5;

/** What a claim says of the ratio of two figures (method rule 10). */
export type Saying = 'less' | 'more' | 'no difference' | 'not less';

type Span = Pick<Interval, 'low' | 'high'>;

interface RatioClaim {
  readonly says: Saying;
  /** Ratios between 1 / (1 + margin) and 1 + margin are as good as 1. */
  readonly margin: number;
}

/**
 * What an interval says of a claim (method rule 10). `less` and `more`: an interval inside the margin is EQUIVALENT even when
 * it leaves 1 out, since significant is not the same as large. `no difference`: CONFIRMED inside the margin, REFUTED outside
 * it on either side. `not less`: CONFIRMED on the right side of the margin's lower border, REFUTED beyond it.
 */
export function judgeRatio(
  ratio: Span & { readonly pairs: number },
  { says, margin }: RatioClaim,
): Exclude<Verdict, 'NOT TESTED'> {
  if (ratio.pairs < PAIRS_NEEDED) return 'INCONCLUSIVE';
  const [least, most] = [1 / (1 + margin), 1 + margin];
  switch (says) {
    case 'less':
    case 'more':
      if (isWithin(ratio, margin)) return 'EQUIVALENT';
      if (ratio.low <= 1 && ratio.high >= 1) return 'INCONCLUSIVE';
      return ratio.high < 1 === (says === 'less') ? 'CONFIRMED' : 'REFUTED';
    case 'no difference':
      if (isWithin(ratio, margin)) return 'CONFIRMED';
      return ratio.high < least || ratio.low > most ? 'REFUTED' : 'INCONCLUSIVE';
    case 'not less':
      return ratio.low >= least ? 'CONFIRMED' : ratio.high < least ? 'REFUTED' : 'INCONCLUSIVE';
  }
}

/** Whether a difference, if there is one, is too small to matter. */
export function isWithin({ low, high }: Span, margin: number): boolean {
  return low >= 1 / (1 + margin) && high <= 1 + margin;
}
