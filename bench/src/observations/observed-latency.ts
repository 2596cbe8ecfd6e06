import { OK, type SampleTable } from '../samples/index.js';
import { certifiedBoundNs, certifiedMs, responseTimesNs, sortLatencies, type SortedLatencies } from '../stats/index.js';

/** Requests that did not end with a right answer. */
export function failures(samples: SampleTable): number {
  return samples.outcome.reduce((count, outcome) => (outcome === OK ? count : count + 1), 0);
}

/**
 * Response-time percentile over all requests of these loads, failed ones counting as never answered; null when it is among
 * those, or when too few samples certify it (method rule 9).
 */
export function responseTailMs(loads: readonly SampleTable[], p: number): number | null {
  return certifiedMs(sortedResponses(loads), p);
}

/** What that percentile does not exceed with 99% confidence; null as above. */
export function responseBoundMs(loads: readonly SampleTable[], p: number): number | null {
  const boundNs = certifiedBoundNs(sortedResponses(loads), p);
  return boundNs === undefined || boundNs === Infinity ? null : boundNs / 1e6;
}

function sortedResponses(loads: readonly SampleTable[]): SortedLatencies {
  return sortLatencies(Float64Array.from(loads.flatMap((samples) => [...responseTimesNs(samples)])));
}
