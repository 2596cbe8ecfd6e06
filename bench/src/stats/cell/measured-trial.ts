import { OUTCOMES, type Loop, type Outcome, type TrialRecord } from '../../record/index.js';
import { OK, type SampleTable } from '../../samples/index.js';

/** One trial as read from a run folder. */
export interface MeasuredTrial {
  readonly record: TrialRecord;
  readonly samples: SampleTable;
}

/**
 * From the intended instant to the last byte (method rule 3), ns. A request without a right answer counts as Infinity: a
 * server that refuses at once is not a quick one (rule 4).
 */
export function responseTimesNs(samples: SampleTable): Float64Array {
  return timesSinceNs(samples.intendedAtNs, samples);
}

/** From the actual send to the last byte, ns, of the requests that were sent; Infinity as above. */
export function serviceTimesNs(samples: SampleTable): Float64Array {
  return timesSinceNs(samples.sentAtNs, samples);
}

/** Of the requests that came to this instant. */
function timesSinceNs(instantsNs: Float64Array, { length, outcome, doneAtNs }: SampleTable): Float64Array {
  const times = new Float64Array(length);
  let n = 0;
  for (let row = 0; row < length; row++) {
    const atNs = instantsNs[row]!;
    if (!Number.isNaN(atNs)) times[n++] = outcome[row] === OK ? doneAtNs[row]! - atNs : Number.POSITIVE_INFINITY;
  }
  return times.subarray(0, n);
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

/** All trials' numbers in one array. */
export function concatenate(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
