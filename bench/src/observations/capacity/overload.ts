import { LATENCY_LIMIT_MS } from '../../stats/index.js';
import type { RunningInstance } from '../../contestants/index.js';
import { scheduleArrivals } from '../../load/index.js';
import { OK, sampleAt, tableFromSamples, type SampleTable } from '../../samples/index.js';
import type { ObserveContext } from '../../run/observe-context.js';
import { failures, tailMs } from '../observed-latency.js';

import type { Capacity } from './record.js';
import { blockOf, offer, stepMs } from './offer.js';

/** The overload's place among the loads at a rate. */
const AFTER_LOOKS = 9;

/**
 * Twice the capacity and then at once half of it, in one schedule: what is answered, and how long after the overload a new
 * request gets its answer within the limit again. Null when the generator cannot offer so much.
 */
export async function overloaded(
  instance: RunningInstance,
  heldPerS: number,
  context: ObserveContext,
): Promise<Capacity['contestants'][number]['overload']> {
  const ratePerS = 2 * heldPerS;
  const halfMs = stepMs(ratePerS, context.profile);
  context.now(`${instance.contestant.id} at twice its capacity`);
  const samples = await offer(instance, context, {
    name: `${instance.contestant.id}-overload`,
    block: blockOf(heldPerS, AFTER_LOOKS),
    ratePerS,
    schedule: (seed) => overThenUnder(heldPerS, halfMs, seed),
    warmupMs: 0,
    durationMs: 2 * halfMs,
  });
  if (samples === undefined) return null;
  const during = intendedWithin(samples, 0, halfMs);
  return {
    ratePerS,
    answeredPerS: answeredBy(samples, halfMs) / (halfMs / 1000),
    failedShare: during.length === 0 ? 0 : failures(during) / during.length,
    p50Ms: tailMs([during], 0.5),
    recoveryMs: recoveredAfterMs(samples, halfMs, LATENCY_LIMIT_MS),
  };
}

function overThenUnder(heldPerS: number, halfMs: number, seed: number): Float64Array {
  const [over, under] = [2 * heldPerS, heldPerS / 2].map((ratePerS) =>
    scheduleArrivals({ kind: 'poisson', ratePerS, durationMs: halfMs, seed }),
  );
  return Float64Array.from([...(over ?? []), ...(under ?? []).map((instantNs) => instantNs + halfMs * 1e6)]);
}

/** Right answers that came within so many ms: what came later was answered at leisure. */
export function answeredBy(samples: SampleTable, untilMs: number): number {
  return samples.outcome.filter((outcome, row) => outcome === OK && (samples.doneAtNs[row] ?? NaN) <= untilMs * 1e6)
    .length;
}

/** The samples intended from `fromMs` on and before `untilMs`. */
function intendedWithin(samples: SampleTable, fromMs: number, untilMs: number): SampleTable {
  const rows = samples.intendedAtNs.reduce<number[]>((found, instantNs, row) => {
    if (instantNs >= fromMs * 1e6 && instantNs < untilMs * 1e6) found.push(row);
    return found;
  }, []);
  return tableFromSamples(rows.map((row) => sampleAt(samples, row)));
}

/** How long after `sinceMs` the first request is intended from which on all are answered within the limit; null: never. */
export function recoveredAfterMs(samples: SampleTable, sinceMs: number, limitMs: number): number | null {
  const rows = Array.from({ length: samples.length }, (_, row) => row)
    .filter((row) => (samples.intendedAtNs[row] ?? NaN) >= sinceMs * 1e6)
    .sort((a, b) => (samples.intendedAtNs[b] ?? 0) - (samples.intendedAtNs[a] ?? 0));
  let recovered: number | null = null;
  for (const row of rows) {
    const intendedNs = samples.intendedAtNs[row] ?? NaN;
    const ms = ((samples.doneAtNs[row] ?? NaN) - intendedNs) / 1e6;
    if (samples.outcome[row] !== OK || !(ms <= limitMs)) return recovered;
    recovered = intendedNs / 1e6 - sinceMs;
  }
  return recovered;
}
