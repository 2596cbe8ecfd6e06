const MASK_64 = (1n << 64n) - 1n;

/**
 * A finite double in the short form that error texts use: `10000000000.0`, `1e-7`, `1.2345678901234566e29`. These are
 * the digits of Grisu2 (Loitsch 2010, with the 64-bit powers and the rounding of rapidjson 1.1.0), which are not always
 * the shortest or nearest ones, so JavaScript's own conversion will not do. Only error texts need it: BigInt is fast enough.
 */
export function shortDouble(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const { digits, exponent } = grisuDigits(Math.abs(value));
  return (value < 0 ? '-' : '') + layOut(digits, exponent);
}

interface Scaled {
  readonly f: bigint;
  readonly e: number;
}

function bitsOf(value: number): Scaled {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & ((1n << 52n) - 1n);
  return biased === 0 ? { f: fraction, e: -1074 } : { f: fraction | (1n << 52n), e: biased - 1075 };
}

function normalized({ f, e }: Scaled): Scaled {
  const shift = 64 - bitLength(f);
  return { f: f << BigInt(shift), e: e - shift };
}

function product(left: Scaled, right: Scaled): Scaled {
  const exact = left.f * right.f;
  return { f: (exact >> 64n) + ((exact >> 63n) & 1n), e: left.e + right.e + 64 };
}

/** 10^exponent with a significand of 64 bits, rounded to nearest. */
function powerOfTen(exponent: number): Scaled {
  const numerator = exponent >= 0 ? 10n ** BigInt(exponent) : 1n;
  const denominator = exponent >= 0 ? 1n : 10n ** BigInt(-exponent);
  for (let e = bitLength(numerator) - bitLength(denominator) - 65; ; e++) {
    const over = e > 0 ? numerator : numerator << BigInt(-e);
    const under = e > 0 ? denominator << BigInt(e) : denominator;
    const f = (over * 2n + under) / (under * 2n);
    if (f <= MASK_64) return { f, e };
  }
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

function grisuDigits(value: number): { digits: string; exponent: number } {
  const v = bitsOf(value);
  const upper = normalized({ f: (v.f << 1n) + 1n, e: v.e - 1 });
  const below = v.f === 1n << 52n ? { f: (v.f << 2n) - 1n, e: v.e - 2 } : { f: (v.f << 1n) - 1n, e: v.e - 1 };
  const lower = { f: below.f << BigInt(below.e - upper.e), e: upper.e };

  const index = (Math.ceil((-61 - upper.e) * 0.30102999566398114 + 347) >> 3) + 1;
  const scale = powerOfTen(-348 + index * 8);
  const w = product(normalized(v), scale);
  const high = product(upper, scale);
  const low = product(lower, scale);
  return generate(w, { f: high.f - 1n, e: high.e }, high.f - 1n - (low.f + 1n), 348 - index * 8);
}

function generate(w: Scaled, high: Scaled, width: bigint, scale: number): { digits: string; exponent: number } {
  const shift = BigInt(-high.e);
  const one = 1n << shift;
  const distance = high.f - w.f;
  let whole = high.f >> shift;
  let rest = high.f & (one - 1n);
  let kappa = whole.toString().length;
  let digits = 0n;
  while (kappa > 0) {
    kappa -= 1;
    const unit = 10n ** BigInt(kappa);
    digits = digits * 10n + whole / unit;
    whole %= unit;
    const left = (whole << shift) + rest;
    if (left <= width) {
      digits -= steps(width, left, unit << shift, distance);
      return { digits: digits.toString(), exponent: scale + kappa };
    }
  }
  let delta = width;
  for (;;) {
    rest *= 10n;
    delta *= 10n;
    digits = digits * 10n + (rest >> shift);
    rest &= one - 1n;
    kappa -= 1;
    if (rest < delta) {
      // rapidjson has powers for nine places only and leaves later digits as they are.
      const goal = -kappa < 9 ? (distance * 10n ** BigInt(-kappa)) & MASK_64 : 0n;
      digits -= steps(delta, rest, one, goal);
      return { digits: digits.toString(), exponent: scale + kappa };
    }
  }
}

/** How often the last digit goes down by one to come nearer to the value. */
function steps(delta: bigint, start: bigint, unit: bigint, goal: bigint): bigint {
  let rest = start;
  let count = 0n;
  while (rest < goal && delta - rest >= unit && (rest + unit < goal || goal - rest > rest + unit - goal)) {
    count += 1n;
    rest += unit;
  }
  return count;
}

function layOut(digits: string, exponent: number): string {
  const point = digits.length + exponent;
  if (exponent >= 0 && point <= 21) return `${digits}${'0'.repeat(exponent)}.0`;
  if (point > 0 && point <= 21) return `${digits.slice(0, point)}.${digits.slice(point)}`;
  if (point > -6 && point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  const fraction = digits.length === 1 ? '' : `.${digits.slice(1)}`;
  return `${digits.charAt(0)}${fraction}e${point - 1}`;
}
