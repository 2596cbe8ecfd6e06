import { OK, type SampleTable } from '../samples/index.js';
import { certifiedMs, sortLatencies } from '../stats/index.js';

/** Requests that did not end with a right answer. */
export function failures(samples: SampleTable): number {
  return samples.outcome.reduce((count, outcome) => (outcome === OK ? count : count + 1), 0);
}

/**
 * Response-time percentile over all requests of these loads, failed ones counting as never answered; null when it is among
 * those, or when too few samples certify it (method rule 9).
 */
export function responseTailMs(loads: readonly SampleTable[], p: number): number | null {
  return certifiedMs(sortLatencies(Float64Array.from(loads.flatMap(responseTimesNs))), p);
}

function responseTimesNs(samples: SampleTable): number[] {
  return Array.from({ length: samples.length }, (_, row) =>
    samples.outcome[row] === OK ? (samples.doneAtNs[row] ?? Infinity) - (samples.intendedAtNs[row] ?? 0) : Infinity,
  );
}
