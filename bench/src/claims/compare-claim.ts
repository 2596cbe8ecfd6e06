import { effect, pairsOf, type Metric } from '../analysis/effect.js';
import type { Findings } from '../analysis/findings.js';
import type { CellResult, Effect, Verdict } from '../record/index.js';
import { judgeRatio, pairedRatio, type Pair, type Saying } from '../stats/index.js';
import { notTested, type Judgement } from './claim.js';
import { floorDoubt } from './floor-doubt.js';

/** Ratios this near to 1 are as good as 1, where a claim does not say otherwise (method rule 10). */
const MARGIN = 0.05;

export interface Comparison {
  readonly metric: Metric;
  readonly numerator: CellResult | undefined;
  readonly denominator: CellResult | undefined;
  readonly says: Saying;
  /** Default: 0.05. */
  readonly margin?: number;
  readonly condition: string;
}

/** Judges a claim that is one comparison. The effect is in the judgement whatever the verdict is. */
export function judgeComparison(findings: Findings, comparison: Comparison): Judgement {
  const { metric, numerator, denominator, says, margin = MARGIN, condition } = comparison;
  if (numerator === undefined || denominator === undefined) {
    const which = numerator === denominator ? 'neither side was measured' : 'one side was not measured';
    return { ...notTested(which), condition };
  }
  const invalid = [numerator, denominator].find(({ valid }) => !valid);
  if (invalid !== undefined) {
    const gate = invalid.gates.find(({ passed }) => !passed);
    return {
      verdict: 'INCONCLUSIVE',
      condition,
      effects: [],
      reason: `${findings.label(invalid.cell.contestant)} is INVALID here: ${gate?.detail ?? 'a gate failed'}`,
    };
  }
  const measured = effect(findings, metric, numerator, denominator);
  if (measured === undefined)
    return { verdict: 'INCONCLUSIVE', condition, effects: [], reason: 'too few blocks were measured for both' };
  const found = { ...measured, margin };
  const judge = (pairs: readonly Pair[]): Verdict =>
    judgeRatio({ ...pairedRatio(pairs, findings.study.plan.seeds.order), pairs: pairs.length }, { says, margin });
  const doubt =
    lagDoubt(metric, numerator, denominator, judge) ??
    floorDoubt(findings, found, { metric, numerator, denominator }, judge);
  return {
    verdict: doubt === undefined ? judgeRatio(found, { says, margin }) : 'INCONCLUSIVE',
    condition,
    effects: [found],
    reason: doubt ?? '',
  };
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

/** Judges a claim about two series of figures that were observed in the same blocks, in turn. */
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
  const found: Effect = { metric, contestants, pairs: pairs.length, margin: MARGIN, ...pairedRatio(pairs, seed) };
  return {
    verdict: judgeRatio(found, { says, margin: MARGIN }),
    condition,
    effects: [found],
    reason: '',
  };
}
