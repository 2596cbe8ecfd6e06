import type { LatencySummary } from '../../record/index.js';
import { certifiedBoundNs, samplesNeeded } from './certainty.js';
import { percentileNs, type SortedLatencies } from './sorted-latencies.js';

/** Those that are told of each cell. */
export const PERCENTILES = [0.5, 0.9, 0.95, 0.99, 0.999];
/** Points of the spectrum for each halving of the distance to 1, as HdrHistogram prints them. */
const POINTS_PER_HALVING = 5;

/**
 * Sums latencies up. Requests that never ended (Infinity) count in n and in the ranks; mean and extremes are of those that
 * did end, 0 when none did. A percentile that falls on a request that never ended has no value.
 */
export function summariseLatencies(latencies: SortedLatencies): LatencySummary {
  const n = latencies.length;
  let ended = n;
  while (ended > 0 && latencies[ended - 1] === Number.POSITIVE_INFINITY) ended--;
  let sum = 0;
  for (let i = 0; i < ended; i++) sum += latencies[i]!;
  return {
    n,
    meanMs: ended === 0 ? 0 : sum / ended / 1e6,
    minMs: ended === 0 ? 0 : latencies[0]! / 1e6,
    maxMs: ended === 0 ? 0 : latencies[ended - 1]! / 1e6,
    percentiles: PERCENTILES.map((p) => {
      const neededN = samplesNeeded(p);
      return {
        p,
        valueMs: certifiedMs(latencies, p),
        boundMs: finiteMs(certifiedBoundNs(latencies, p)),
        neededN,
      };
    }),
    spectrum: spectrum(latencies),
  };
}

/** A percentile in ms; null where too few samples certify it, or where it falls on a request that never ended. */
export function certifiedMs(latencies: SortedLatencies, p: number): number | null {
  return latencies.length < samplesNeeded(p) ? null : finiteMs(percentileNs(latencies, p));
}

function spectrum(latencies: SortedLatencies): LatencySummary['spectrum'] {
  const points: { p: number; ms: number }[] = [];
  for (let step = 0; ; step++) {
    const p = 1 - 0.5 ** (step / POINTS_PER_HALVING);
    if (p > 0 && latencies.length < samplesNeeded(p)) return points;
    const ms = finiteMs(percentileNs(latencies, p));
    if (ms === null) return points;
    points.push({ p, ms });
  }
}

function finiteMs(latencyNs: number | undefined): number | null {
  return latencyNs !== undefined && Number.isFinite(latencyNs) ? latencyNs / 1e6 : null;
}
