import { OK, type SampleTable } from '../samples/index.js';
import type { Latency } from '../record/index.js';
import { certifiedBoundNs, certifiedMs, latenciesOf } from '../stats/index.js';

/** Requests that did not end with a right answer. */
export function failures(samples: SampleTable): number {
  return samples.outcome.reduce((count, outcome) => (outcome === OK ? count : count + 1), 0);
}

/**
 * A percentile over all requests of these loads, failed ones counting as never answered; null when it is among those, or when
 * too few samples certify it (method rule 9).
 */
export function tailMs(loads: readonly SampleTable[], p: number, of: Latency = 'response'): number | null {
  return certifiedMs(latenciesOf(loads, of), p);
}

/** What that percentile does not exceed with 99% confidence; null as above. */
export function boundMs(loads: readonly SampleTable[], p: number, of: Latency = 'response'): number | null {
  const boundNs = certifiedBoundNs(latenciesOf(loads, of), p);
  return boundNs === undefined || boundNs === Infinity ? null : boundNs / 1e6;
}
