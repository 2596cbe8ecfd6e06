/** One cell of a latency-throughput curve. */
interface CurvePoint {
  /** Concurrency of a closed loop, or offered rate of an open one. */
  readonly load: number;
  readonly throughputPerS: number;
}

/** Share of the highest throughput from which on more load buys latency and hardly any throughput. */
const SHARE = 0.95;

/**
 * The least load whose throughput reaches 95% of the highest of the curve. Undefined where that is the last point: the curve
 * still rises there, and saturation lies somewhere beyond; and for a curve that answers nothing.
 */
export function saturationPoint(curve: readonly CurvePoint[]): number | undefined {
  const byLoad = curve.toSorted((a, b) => a.load - b.load);
  const least = SHARE * Math.max(...byLoad.map(({ throughputPerS }) => throughputPerS));
  const at = byLoad.findIndex(({ throughputPerS }) => throughputPerS > 0 && throughputPerS >= least);
  return at < byLoad.length - 1 ? byLoad[at]?.load : undefined;
}
