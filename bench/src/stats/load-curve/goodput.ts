import { OK, type SampleTable } from '../../samples/index.js';

/** What users are promised, where a figure needs a limit. */
export const LATENCY_LIMIT_MS = 50;

/**
 * Right answers per second whose response time, counted from the intended instant, keeps the limit. All requests that were due
 * in the window count, also those that ended after it: within the limit they are in time.
 */
export function goodputPerS(samples: SampleTable, durationMs: number, limitMs: number): number {
  let good = 0;
  for (let row = 0; row < samples.length; row++) {
    const responseNs = samples.doneAtNs[row]! - samples.intendedAtNs[row]!;
    if (samples.outcome[row] === OK && responseNs <= limitMs * 1e6) good++;
  }
  return durationMs > 0 ? (good / durationMs) * 1e3 : 0;
}
