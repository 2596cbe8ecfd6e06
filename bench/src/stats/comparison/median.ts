/** Median of numbers in ascending order; of an even number of them, half the sum of the middle two. NaN for none. */
export function medianOfSorted(sorted: ArrayLike<number>): number {
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** The same of numbers in any order. */
export function median(values: readonly number[]): number {
  return medianOfSorted(values.toSorted((a, b) => a - b));
}
