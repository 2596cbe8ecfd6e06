/** One cell of a latency-throughput curve. */
export interface CurvePoint {
  /** Concurrency of a closed loop, or offered rate of an open one. */
  readonly load: number;
  readonly throughputPerS: number;
}

/** Share of the highest throughput from which on more load buys latency and hardly any throughput. */
const SHARE = 0.95;

/**
 * The least load whose throughput reaches 95% of the highest of the curve. `reached` is false when that is the last point:
 * the curve still rises there, and saturation lies somewhere beyond. Undefined for a curve that answers nothing.
 */
export function saturationPoint(
  curve: readonly CurvePoint[],
): (CurvePoint & { readonly reached: boolean }) | undefined {
  const byLoad = [...curve].sort((a, b) => a.load - b.load);
  const highest = Math.max(0, ...byLoad.map(({ throughputPerS }) => throughputPerS));
  if (highest === 0) return undefined;
  const at = byLoad.findIndex(({ throughputPerS }) => throughputPerS >= SHARE * highest);
  return { load: byLoad[at]!.load, throughputPerS: byLoad[at]!.throughputPerS, reached: at < byLoad.length - 1 };
}
