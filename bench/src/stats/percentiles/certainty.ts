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
 * A latency in ns that percentile `p` does not exceed with 99% confidence, whatever the distribution: with the largest t for
 * which P(Binomial(n, 1 - p) <= t) <= 1%, the order statistic that has t samples above it, X(n - t). It is below the true
 * percentile only if at most t samples reach that, which is this probability. LoadGen's early-stopping estimate has the same
 * t and takes the t-th highest sample (`latencies[n - t]`, loadgen/results.cc), X(n - t + 1): one rank higher, so a bound
 * with 99% confidence too, and never the tighter one. Undefined when there are fewer than `samplesNeeded(p)`.
 */
export function certifiedBoundNs(latencies: SortedLatencies, p: number): number | undefined {
  const above = largestUnlikely(latencies.length, 1 - p, 1 - CONFIDENCE);
  return above < 1 ? undefined : latencies[latencies.length - 1 - above];
}
