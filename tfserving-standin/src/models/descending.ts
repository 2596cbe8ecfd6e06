/** Sorts the largest version first: the order of every list of versions that a client sees. */
export function descending(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}
