import { OK, type SampleTable } from '../samples/index.js';
import {
  certifiedBoundNs,
  certifiedMs,
  responseTimesNs,
  serviceTimesNs,
  sortLatencies,
  type SortedLatencies,
} from '../stats/index.js';

/** Response times hold the load generator's own lag, service times do not (method rule 3). */
export type Latency = 'response' | 'service';
const TIMES_NS = { response: responseTimesNs, service: serviceTimesNs };

/** Requests that did not end with a right answer. */
export function failures(samples: SampleTable): number {
  return samples.outcome.reduce((count, outcome) => (outcome === OK ? count : count + 1), 0);
}

/**
 * A percentile over all requests of these loads, failed ones counting as never answered; null when it is among those, or when
 * too few samples certify it (method rule 9).
 */
export function tailMs(loads: readonly SampleTable[], p: number, of: Latency = 'response'): number | null {
  return certifiedMs(sorted(loads, of), p);
}

/** What that percentile does not exceed with 99% confidence; null as above. */
export function boundMs(loads: readonly SampleTable[], p: number, of: Latency = 'response'): number | null {
  const boundNs = certifiedBoundNs(sorted(loads, of), p);
  return boundNs === undefined || boundNs === Infinity ? null : boundNs / 1e6;
}

function sorted(loads: readonly SampleTable[], of: Latency): SortedLatencies {
  return sortLatencies(Float64Array.from(loads.flatMap((samples) => [...TIMES_NS[of](samples)])));
}
