/** Confidence at which a percentile must be certified before it is printed (method rule 9). */
const CONFIDENCE = 0.99;

const known = new Map<number, number>();

/**
 * Samples needed to certify percentile `p` (0 to 1): the smallest n with P(X <= 1) <= 1 - confidence for X binomial(n, 1 - p),
 * that is, with two or more samples beyond the percentile almost surely (LoadGen's early-stopping bound with one
 * over-latency query allowed). p50 11, p90 64, p95 130, p99 662, p99.9 6636.
 */
export function minimumSamples(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`a percentile lies between 0 and 1, not at ${p}`);
  let n = known.get(p);
  if (n === undefined) {
    n = smallest((count) => atMostOneBeyond(count, p) <= 1 - CONFIDENCE);
    known.set(p, n);
  }
  return n;
}

/** p^n + n (1 - p) p^(n - 1), by logarithms: the powers underflow for large n. */
function atMostOneBeyond(n: number, p: number): number {
  return Math.exp(n * Math.log(p)) + Math.exp(Math.log(n) + Math.log1p(-p) + (n - 1) * Math.log(p));
}

function smallest(holds: (n: number) => boolean): number {
  let high = 1;
  while (!holds(high)) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
