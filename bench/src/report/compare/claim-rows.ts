import type { ClaimVerdict, Results } from '../../record/index.js';
import { formatRatio, formatSpan } from '../../words/number.js';
import { BREAK, muted, type Text } from '../document/inline.js';
import { verdictOf } from '../sections/verdicts.js';

/** A claim and what each of several runs says of it. */
export interface ClaimRow {
  readonly sentence: string;
  /** One for each run; undefined where a run does not hold the claim. */
  readonly verdicts: readonly (ClaimVerdict | undefined)[];
}

/** Every claim of these runs, worded as the last of them words it. */
export function claimRows(runs: readonly Results[]): ClaimRow[] {
  const claims = runs.map((run) => new Map(run.claims.map((claim) => [claim.claim, claim])));
  return [...new Set(claims.flatMap((own) => [...own.keys()]))].map((id) => {
    const verdicts = claims.map((own) => own.get(id));
    return { sentence: verdicts.findLast((claim) => claim !== undefined)?.sentence ?? id, verdicts };
  });
}

/** The verdict, its effect with the interval, and whether that overlaps the baseline's, where there is one. */
export function verdictInRun(claim: ClaimVerdict | undefined, base?: ClaimVerdict): Text {
  if (claim === undefined) return 'absent';
  const [[effect], before] = [claim.effects, base?.effects[0]];
  if (effect === undefined) return verdictOf(claim);
  const overlaps = before !== undefined && effect.low <= before.high && before.low <= effect.high;
  const beside = before === undefined ? '' : overlaps ? ', overlaps A' : ', apart from A';
  const words = `${formatRatio(effect.ratio)} (${formatSpan(effect.low, effect.high)})${beside}`;
  return [verdictOf(claim), BREAK, muted(words)];
}
