import { largestUnlikely } from './binomial.js';
import type { SortedLatencies } from './sorted-latencies.js';

/** How sure a printed percentile has to be (method rule 9). */
const CONFIDENCE = 0.99;

/**
 * How many samples certify percentile `p` at 99% confidence: MLPerf LoadGen's early stopping with one query allowed above
 * the bound. Were the share of requests above a latency x really 1 - p, seeing at most one of n above it has the
 * probability p^n + n (1 - p) p^(n - 1); n is enough when that is at most 1%.
 * p50: 11, p90: 64, p95: 130, p99: 662, p99.9: 6636. (mlcommons/inference, loadgen/early_stopping.cc.)
 */
export function samplesNeeded(p: number): number {
  const enough = (n: number): boolean => p ** n + n * (1 - p) * p ** (n - 1) <= 1 - CONFIDENCE;
  let high = 2;
  while (!enough(high)) high *= 2;
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return enough(low) ? low : high;
}

/**
 * A latency that percentile `p` does not exceed with 99% confidence, whatever the distribution: the order statistic with the
 * largest t samples above it for which P(Binomial(n, 1 - p) <= t) <= 1% (LoadGen's early-stopping estimate). Undefined when
 * there are fewer than `samplesNeeded(p)`.
 */
export function certifiedBoundNs(latencies: SortedLatencies, p: number): number | undefined {
  const above = largestUnlikely(latencies.length, 1 - p, 1 - CONFIDENCE);
  return above < 1 ? undefined : latencies[latencies.length - 1 - above];
}
