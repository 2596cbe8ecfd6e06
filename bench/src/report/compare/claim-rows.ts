import type { ClaimVerdict } from '../../record/index.js';
import type { TableCell } from '../document/block.js';
import { formatRatio, formatSpan } from '../format/number.js';
import type { ReportContext } from '../sections/report-context.js';
import { claimsWithoutStandin } from '../sections/without-standin.js';

/** A claim and what each of several runs says of it. */
export interface ClaimRow {
  readonly sentence: string;
  /** One for each run; undefined where a run does not hold the claim. */
  readonly verdicts: readonly (ClaimVerdict | undefined)[];
}

/** Every claim of these runs, worded as the last of them words it. */
export function claimRows(runs: readonly ReportContext[]): ClaimRow[] {
  const claims = runs.map((context) => new Map(claimsWithoutStandin(context).map((claim) => [claim.claim, claim])));
  return [...new Set(claims.flatMap((own) => [...own.keys()]))].map((id) => {
    const verdicts = claims.map((own) => own.get(id));
    return { sentence: verdicts.findLast((claim) => claim !== undefined)?.sentence ?? id, verdicts };
  });
}

/** The verdict, its effect with the interval, and whether that overlaps the baseline's, where there is one. */
export function verdictCell(claim: ClaimVerdict | undefined, base?: ClaimVerdict): TableCell {
  if (claim === undefined) return { text: 'absent' };
  const verdict = { as: 'verdict', verdict: claim.verdict, standin: claim.standin !== undefined } as const;
  const [[effect], before] = [claim.effects, base?.effects[0]];
  if (effect === undefined) return { text: [verdict] };
  const beside =
    before === undefined
      ? ''
      : effect.low <= before.high && before.low <= effect.high
        ? ', overlaps A'
        : ', apart from A';
  const words = `${formatRatio(effect.ratio)} (${formatSpan(effect.low, effect.high)})${beside}`;
  return { text: [verdict, { as: 'break' }, { as: 'muted', text: words }] };
}
