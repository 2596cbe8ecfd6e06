declare const sorted: unique symbol;

/** Ascending values: a percentile of unsorted ones does not compile. */
export type Sorted = Float64Array & { readonly [sorted]: true };

export function sortAscending(values: Iterable<number>): Sorted {
  return Float64Array.from(values).sort() as Sorted;
}

/** Nearest-rank percentile, p in 0 to 1: the smallest value that at least a share p of the values does not exceed. NaN when empty. */
export function percentile(values: Sorted, p: number): number {
  if (values.length === 0) return Number.NaN;
  // Rounded to 9 digits first: 0.99 * 100 is 99.00000000000001 in binary, and would take one rank too many.
  const rank = Math.ceil(Number((p * values.length).toPrecision(9)));
  return values[Math.min(values.length, Math.max(1, rank)) - 1]!;
}
