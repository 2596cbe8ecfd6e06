import { notTested, sidesOf, type CellClaim, type Judgement } from '../questions/claim.js';
import type { CellResult, Verdict } from '../record/index.js';
import { judgeRatio, pairedRatio, type Pair } from '../stats/index.js';
import { sharedCondition } from '../words/condition.js';
import type { Findings } from './findings.js';
import { floorDoubt, type Compared } from './floor-doubt.js';
import { MARGIN } from './judge-ratio-of.js';
import { metricOf, pairsOf } from './metrics.js';

/** Judges a claim that compares two cells. The effect is in the judgement whatever the verdict is. */
export function judgeCellClaim(findings: Findings, experiment: string, claim: CellClaim): Judgement {
  const { metric, says, margin = MARGIN } = claim;
  const [numerator, denominator] = sidesOf(claim).map((where) => findings.find(experiment, where));
  if (numerator === undefined || denominator === undefined)
    return notTested(numerator === denominator ? 'neither side was measured' : 'one side was not measured');
  const condition = sharedCondition(numerator.cell.condition, denominator.cell.condition);
  const undecided = (reason: string): Judgement => ({ verdict: 'INCONCLUSIVE', condition, effects: [], reason });
  // Its figures decide nothing (method rule 11).
  const invalid = [numerator, denominator].find(({ valid }) => !valid);
  if (invalid !== undefined)
    return undecided(
      `${findings.label(invalid.cell.contestant)} is INVALID here: ${invalid.gates.find(({ passed }) => !passed)?.detail ?? 'a gate failed'}`,
    );
  const { seeds } = findings.study.plan;
  const pairs = pairsOf(metric, numerator, denominator);
  if (pairs.length < 2) return undecided('too few blocks were measured for both');
  // Over the blocks both were measured in (method rules 8 and 9).
  const span = pairedRatio(pairs, seeds.order);
  if (![span.ratio, 1 / span.low, span.high].every(Number.isFinite))
    return undecided(
      `no right answer in ${blocksWithoutAnswer(numerator)} and ${blocksWithoutAnswer(denominator)} of ${span.pairs} blocks: there is no ratio`,
    );
  const verdict = judgeRatio(span, { says, margin });
  const judge = (others: readonly Pair[]): Verdict => judgeRatio(pairedRatio(others, seeds.order), { says, margin });
  const compared: Compared = { metric, numerator, denominator, pairs, span, margin, verdict, judge };
  const doubt =
    verdict === 'INCONCLUSIVE' ? undefined : (lagDoubt(compared) ?? floorDoubt(compared, findings.study.floors));
  const effect = {
    metric,
    contestants: { numerator: numerator.cell.contestant, denominator: denominator.cell.contestant },
    cells: { numerator: numerator.cell.id, denominator: denominator.cell.id },
    better: metricOf(metric).better,
    ...span,
    margin,
  };
  return { verdict: doubt === undefined ? verdict : 'INCONCLUSIVE', condition, effects: [effect], reason: doubt ?? '' };
}

function blocksWithoutAnswer({ trials }: CellResult): number {
  return trials.filter(({ valid, throughputPerS }) => valid && throughputPerS === 0).length;
}

/**
 * Why the load generator's own lag may have decided a comparison of response times; undefined when it cannot have: the service
 * times, which do not hold it, say the same (method rule 5).
 */
function lagDoubt({ metric, numerator, denominator, verdict, judge }: Compared): string | undefined {
  if (metric !== 'p90 response time') return undefined;
  const pairs = pairsOf('p90 service time', numerator, denominator);
  const without = pairs.length < 2 ? 'INCONCLUSIVE' : judge(pairs);
  if (without === verdict) return undefined;
  return `the load generator's own lag may have decided it: by service times it reads ${without}, not ${verdict}`;
}
