/** 2^-126 */
const SMALLEST_NORMAL_FLOAT = 1.1754943508222875e-38;

/** A double as the float that TensorFlow Serving makes of it; its REST threads flush subnormal floats to zero. */
export function flushedFloat(value: number): number {
  const float = Math.fround(value);
  if (float < SMALLEST_NORMAL_FLOAT && float > -SMALLEST_NORMAL_FLOAT && float !== 0) return float < 0 ? -0 : 0;
  return float;
}
