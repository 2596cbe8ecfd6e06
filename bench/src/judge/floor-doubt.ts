import type { Metric } from '../questions/claim.js';
import { findFloor, type CellResult, type Effect, type Floor, type Verdict } from '../record/index.js';
import { isWithin, median, type Pair } from '../stats/index.js';
import { pairsOf } from './effect.js';

/**
 * Why the load generator's own cost may have decided a comparison of two payload forms; undefined when it cannot have: the
 * payload is the same, or the effect is larger than the floors differ by and reads the same with each floor taken off
 * (method rule 5a). `judge`: the verdict on such pairs.
 */
export function floorDoubt(
  floors: readonly Floor[] | undefined,
  found: Effect & { readonly margin: number },
  compared: { readonly metric: Metric; readonly numerator: CellResult; readonly denominator: CellResult },
  judge: (pairs: readonly Pair[]) => Verdict,
): string | undefined {
  const { metric, numerator, denominator } = compared;
  const conditions = [numerator.cell.condition, denominator.cell.condition] as const;
  if (conditions[0].payload === conditions[1].payload) return undefined;
  const pairs = pairsOf(metric, numerator, denominator);
  const verdict = judge(pairs);
  if (verdict === 'INCONCLUSIVE') return undefined;
  const [own, other] = [findFloor(floors, conditions[0]), findFloor(floors, conditions[1])];
  if (own === undefined || other === undefined)
    return 'the two are asked in different ways, and what the load generator itself takes for each was not measured';
  const [ownMs, otherMs] = [ownCostMs(metric, own), ownCostMs(metric, other)];
  const ownCost = `the load generator itself takes ${ownMs.toFixed(3)} and ${otherMs.toFixed(3)} ms for them`;
  const effectMs = median(pairs.map((pair) => toMs(metric, pair.numerator) - toMs(metric, pair.denominator)));
  if (!isWithin(found, found.margin) && Math.abs(effectMs) <= Math.abs(ownMs - otherMs))
    return `they are ${Math.abs(effectMs).toFixed(3)} ms apart, no more than the load generator's own cost is: ${ownCost}`;
  const without = judge(
    pairs.map((pair) => ({
      ...pair,
      numerator: withoutFloor(metric, pair.numerator, ownMs),
      denominator: withoutFloor(metric, pair.denominator, otherMs),
    })),
  );
  return without === verdict ? undefined : `${ownCost}; with that taken off it reads ${without}, not ${verdict}`;
}

/** What of a request's time is the generator's. Beside a busy server what counts is the CPU time that it takes away. */
function ownCostMs(metric: Metric, floor: Floor): number {
  switch (metric) {
    case 'p50 service time':
      return floor.p50Ms;
    case 'p90 response time':
    case 'p90 service time':
      return floor.p99Ms ?? floor.p50Ms;
    case 'throughput':
      return floor.cpuMsPerRequest;
    case 'instances per second':
      return floor.cpuMsPerRequest / floor.batch;
  }
}

/** A rate as the time that one request or instance takes; a time as it is. */
function toMs(metric: Metric, value: number): number {
  return isRate(metric) ? 1e3 / value : value;
}

/** The metric, had the generator cost nothing. Never 0 or less: a ratio is made of it. */
function withoutFloor(metric: Metric, value: number, floorMs: number): number {
  const leftMs = Math.max(toMs(metric, value) - floorMs, 1e-6);
  return isRate(metric) ? 1e3 / leftMs : leftMs;
}

function isRate(metric: Metric): boolean {
  return metric === 'throughput' || metric === 'instances per second';
}
