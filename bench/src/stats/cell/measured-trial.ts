import { OUTCOMES, type Latency, type Loop, type Outcome, type TrialRecord } from '../../record/index.js';
import { OK, type SampleTable } from '../../samples/index.js';
import { sortLatencies, type SortedLatencies } from '../percentiles/sorted-latencies.js';

/** One trial as read from a run folder. */
export interface MeasuredTrial {
  readonly record: TrialRecord;
  readonly samples: SampleTable;
}

/**
 * Latencies of all requests in these tables (method rule 3): response times from the intended instant to the last byte, service
 * times from the actual send, of the requests that were sent. One without a right answer counts as Infinity: a server that
 * refuses at once is not a quick one (rule 4).
 */
export function latenciesOf(tables: readonly SampleTable[], latency: Latency): SortedLatencies {
  const timesNs = new Float64Array(tables.reduce((sum, { length }) => sum + length, 0));
  let n = 0;
  for (const { length, outcome, intendedAtNs, sentAtNs, doneAtNs } of tables) {
    const sinceNs = latency === 'service' ? sentAtNs : intendedAtNs;
    for (let row = 0; row < length; row++) {
      const atNs = sinceNs[row]!;
      if (!Number.isNaN(atNs)) timesNs[n++] = outcome[row] === OK ? doneAtNs[row]! - atNs : Number.POSITIVE_INFINITY;
    }
  }
  return sortLatencies(timesNs.subarray(0, n));
}

/**
 * Right answers per second. Closed loop: workers divided by the mean time from one request's intended instant to its end, where
 * the next one begins (Little's law), times the share of right answers. Counting the answers of the window instead would miss
 * up to one of each worker: most of them, where requests are slow and a server answers all clients at the same time. Open loop:
 * those that ended in the window, since past saturation the rest never would.
 */
export function throughputPerS({ record, samples }: MeasuredTrial, loop: Loop): number {
  const windowNs = record.durationMs * 1e6;
  if (windowNs <= 0) return 0;
  let [right, busyNs] = [0, 0];
  for (let row = 0; row < samples.length; row++) {
    const doneAtNs = samples.doneAtNs[row]!;
    if (samples.outcome[row] === OK && (loop.kind === 'closed' || doneAtNs <= windowNs)) right++;
    busyNs += doneAtNs - samples.intendedAtNs[row]!;
  }
  if (right === 0) return 0;
  return loop.kind === 'closed' ? (loop.concurrency * right * 1e9) / busyNs : (right / windowNs) * 1e9;
}

/** How many requests ended in each way; every outcome is a key. */
export function countOutcomes(trials: readonly MeasuredTrial[]): Record<Outcome, number> {
  const counts = new Array<number>(OUTCOMES.length).fill(0);
  for (const { samples } of trials) for (const outcome of samples.outcome) counts[outcome]!++;
  return Object.fromEntries(OUTCOMES.map((outcome, i) => [outcome, counts[i]!])) as Record<Outcome, number>;
}
