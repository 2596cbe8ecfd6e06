/** Coefficients of Lanczos's approximation for g = 7, n = 9 (Godfrey, 2001): 15 digits over the positive axis. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(x: number): number {
  const z = x - 1;
  let sum = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

function logPmf(k: number, n: number, q: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(q) + (n - k) * Math.log1p(-q);
}

/**
 * The largest t with P(Binomial(n, q) <= t) <= alpha; -1 when even t = 0 is too likely. Sums the mass upwards from 15
 * standard deviations below the mean (what lies lower is below 1e-40), so that n in the millions takes thousands of steps.
 */
export function largestUnlikely(n: number, q: number, alpha: number): number {
  const mean = n * q;
  const start = Math.max(0, Math.floor(mean - 15 * Math.sqrt(mean * (1 - q)) - 1));
  let mass = Math.exp(logPmf(start, n, q));
  let cumulative = mass;
  let t = start;
  while (cumulative <= alpha && t < n) {
    mass *= ((n - t) / (t + 1)) * (q / (1 - q));
    cumulative += mass;
    t++;
  }
  return t - 1;
}
