declare const sorted: unique symbol;

/** Latencies in ns, ascending; Infinity for requests that never ended. The brand keeps unsorted data out of percentiles. */
export type SortedLatencies = Float64Array & { readonly [sorted]: true };

/** Sorts in place: two million numbers are not copied once more. */
export function sortLatencies(latenciesNs: Float64Array): SortedLatencies {
  return latenciesNs.sort() as SortedLatencies;
}

/**
 * The smallest latency that at least the share `p` of all samples does not exceed (nearest rank). Not interpolated: the
 * bound that certifies a percentile is one on ranks, and an interpolated value was never measured. NaN for no samples.
 */
export function percentileNs(latencies: SortedLatencies, p: number): number {
  // p n may come out a hair above the whole number it means (0.99 * 700), which would move the rank by one.
  const rank = Math.ceil(p * latencies.length - 1e-9);
  return latencies[Math.min(latencies.length, Math.max(1, rank)) - 1] ?? Number.NaN;
}
