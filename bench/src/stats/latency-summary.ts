import type { LatencySummary } from '../record/index.js';
import { minimumSamples } from './certification.js';
import { percentile, sortAscending } from './percentile.js';

const PERCENTILES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
/** Points of the spectrum: even on a 1/(1-p) scale, which is how tails are drawn. */
const SPECTRUM_PER_DECADE = 12;
const NS_PER_MS = 1e6;

/** Summary of latencies in nanoseconds. An empty list gives n 0 and no percentile; failures must be left out or be durations. */
export function summariseLatency(latenciesNs: Iterable<number>): LatencySummary {
  const values = sortAscending(latenciesNs);
  const n = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  return {
    n,
    meanMs: n === 0 ? 0 : sum / n / NS_PER_MS,
    minMs: n === 0 ? 0 : values[0]! / NS_PER_MS,
    maxMs: n === 0 ? 0 : values[n - 1]! / NS_PER_MS,
    percentiles: PERCENTILES.map((p) => {
      const neededN = minimumSamples(p);
      return { p, valueMs: n < neededN ? null : percentile(values, p) / NS_PER_MS, neededN };
    }),
    spectrum: spectrumPoints(n).map((p) => ({ p, ms: percentile(values, p) / NS_PER_MS })),
  };
}

function spectrumPoints(n: number): number[] {
  const points: number[] = [];
  for (let step = 0; ; step += 1) {
    const p = 1 - 10 ** (-step / SPECTRUM_PER_DECADE);
    if (step > 0 && n < minimumSamples(p)) return points;
    if (n === 0) return points;
    points.push(p);
  }
}
