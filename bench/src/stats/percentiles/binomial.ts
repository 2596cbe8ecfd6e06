/**
 * The largest t with P(Binomial(n, q) <= t) <= alpha; -1 when even t = 0 is too likely. Sums the mass upwards from 0, each term
 * made of the one before by its logarithm: of a large n the first ones are too small to be told from 0 themselves.
 */
export function largestUnlikely(n: number, q: number, alpha: number): number {
  const logOdds = Math.log(q / (1 - q));
  let logMass = n * Math.log1p(-q);
  let cumulative = Math.exp(logMass);
  let t = 0;
  while (cumulative <= alpha && t < n) {
    logMass += Math.log((n - t) / (t + 1)) + logOdds;
    cumulative += Math.exp(logMass);
    t++;
  }
  return t - 1;
}
