/** Digits that always suffice to tell float32 values apart (IEEE 754-2008, 5.12.2). */
const FLOAT32_DIGITS = 9;

/** The shortest decimal that reads back as this float32, as a client that means float32 would send it: `0.003921569`. */
export function jsonFromFloat32(value: number): string {
  const float = Math.fround(value);
  for (let digits = 6; digits < FLOAT32_DIGITS; digits += 1) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return String(short);
  }
  return String(Number(float.toPrecision(FLOAT32_DIGITS)));
}
