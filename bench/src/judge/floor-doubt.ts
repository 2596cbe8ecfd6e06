import type { Metric } from '../questions/claim.js';
import { findFloor, type CellResult, type Floor, type Verdict } from '../record/index.js';
import { isWithin, median, type Pair } from '../stats/index.js';
import { metricOf } from './metrics.js';

/** A comparison of two cells that came to a verdict. */
export interface Compared {
  readonly metric: Metric;
  readonly numerator: CellResult;
  readonly denominator: CellResult;
  /** The metric of both in each block, and the interval of their ratio. */
  readonly pairs: readonly Pair[];
  readonly span: { readonly low: number; readonly high: number };
  readonly margin: number;
  readonly verdict: Verdict;
  /** The verdict on other pairs. */
  readonly judge: (pairs: readonly Pair[]) => Verdict;
}

/**
 * Why the load generator's own cost may have decided a comparison of two payload forms; undefined when it cannot have: the
 * payload is the same, or the effect is larger than the floors differ by and reads the same with each floor taken off
 * (method rule 5a).
 */
export function floorDoubt(compared: Compared, floors: readonly Floor[] | undefined): string | undefined {
  const { pairs, span, margin, verdict, judge } = compared;
  const conditions = [compared.numerator.cell.condition, compared.denominator.cell.condition] as const;
  if (conditions[0].payload === conditions[1].payload) return undefined;
  const [own, other] = [findFloor(floors, conditions[0]), findFloor(floors, conditions[1])];
  if (own === undefined || other === undefined)
    return 'the two are asked in different ways, and what the load generator itself takes for each was not measured';
  const { ownMs: costOf, better } = metricOf(compared.metric);
  const [ownMs, otherMs] = [costOf(own), costOf(other)];
  const ownCost = `the load generator itself takes ${ownMs.toFixed(3)} and ${otherMs.toFixed(3)} ms for them`;
  // A rate as the time that one request or instance takes, and back; a time as it is.
  const inverse = (value: number): number => (better === 'higher' ? 1e3 / value : value);
  const effectMs = median(pairs.map(({ numerator, denominator }) => inverse(numerator) - inverse(denominator)));
  if (!isWithin(span, margin) && Math.abs(effectMs) <= Math.abs(ownMs - otherMs))
    return `they are ${Math.abs(effectMs).toFixed(3)} ms apart, no more than the load generator's own cost is: ${ownCost}`;
  // The metric, had the generator cost nothing. Never 0 or less: a ratio is made of it.
  const less = (value: number, floorMs: number): number => inverse(Math.max(inverse(value) - floorMs, 1e-6));
  const without = judge(
    pairs.map((pair) => ({
      ...pair,
      numerator: less(pair.numerator, ownMs),
      denominator: less(pair.denominator, otherMs),
    })),
  );
  return without === verdict ? undefined : `${ownCost}; with that taken off it reads ${without}, not ${verdict}`;
}
