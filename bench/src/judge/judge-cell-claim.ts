import { notTested, type CellClaim, type Judgement, type Metric } from '../questions/claim.js';
import type { CellResult, Verdict } from '../record/index.js';
import { judgeRatio, pairedRatio, type Pair } from '../stats/index.js';
import { sharedCondition } from '../words/condition.js';
import { effectOf, pairsOf } from './effect.js';
import type { Findings } from './findings.js';
import { floorDoubt } from './floor-doubt.js';
import { MARGIN } from './judge-ratio-of.js';

/** Judges a claim that compares two cells. The effect is in the judgement whatever the verdict is. */
export function judgeCellClaim(findings: Findings, experiment: string, claim: CellClaim): Judgement {
  const { metric, says, margin = MARGIN } = claim;
  const [numerator, denominator] = findings.compared(experiment, claim);
  if (numerator === undefined || denominator === undefined)
    return notTested(numerator === denominator ? 'neither side was measured' : 'one side was not measured');
  const condition = sharedCondition(numerator.cell.condition, denominator.cell.condition);
  const undecided = (reason: string): Judgement => ({ verdict: 'INCONCLUSIVE', condition, effects: [], reason });
  const invalid = [numerator, denominator].find(({ valid }) => !valid);
  if (invalid !== undefined)
    return undecided(
      `${findings.label(invalid.cell.contestant)} is INVALID here: ${invalid.gates.find(({ passed }) => !passed)?.detail ?? 'a gate failed'}`,
    );
  const seed = findings.study.plan.seeds.order;
  const measured = effectOf(metric, numerator, denominator, seed);
  if (measured === undefined) return undecided('too few blocks were measured for both');
  const { ratio, low, high } = measured;
  if (![ratio, 1 / low, high].every(Number.isFinite))
    return undecided(
      `no right answer in ${blocksWithoutAnswer(numerator)} and ${blocksWithoutAnswer(denominator)} of ${measured.pairs} blocks: there is no ratio`,
    );
  const found = { ...measured, margin };
  const judge = (pairs: readonly Pair[]): Verdict => judgeRatio(pairedRatio(pairs, seed), { says, margin });
  const doubt =
    lagDoubt(metric, numerator, denominator, judge) ??
    floorDoubt(findings.study.floors, found, { metric, numerator, denominator }, judge);
  return {
    verdict: doubt === undefined ? judgeRatio(found, { says, margin }) : 'INCONCLUSIVE',
    condition,
    effects: [found],
    reason: doubt ?? '',
  };
}

function blocksWithoutAnswer({ trials }: CellResult): number {
  return trials.filter(({ valid, throughputPerS }) => valid && throughputPerS === 0).length;
}

/**
 * Why the load generator's own lag may have decided a comparison of response times; undefined when it cannot have: the service
 * times, which do not hold it, say the same (method rule 5).
 */
function lagDoubt(
  metric: Metric,
  numerator: CellResult,
  denominator: CellResult,
  judge: (pairs: readonly Pair[]) => Verdict,
): string | undefined {
  if (metric !== 'p90 response time') return undefined;
  const verdict = judge(pairsOf(metric, numerator, denominator));
  const pairs = pairsOf('p90 service time', numerator, denominator);
  const without = pairs.length < 2 ? 'INCONCLUSIVE' : judge(pairs);
  if (verdict === 'INCONCLUSIVE' || without === verdict) return undefined;
  return `the load generator's own lag may have decided it: by service times it reads ${without}, not ${verdict}`;
}
