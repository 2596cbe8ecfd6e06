import type { ByteWriter } from './byte-writer.js';

const SMALLEST_NORMAL_FLOAT = 1.1754943508222875e-38;
const SMALLEST_NORMAL_DOUBLE = 2.2250738585072014e-308;
const SHORT_DIGITS = 6;
const FLOAT_DIGITS = 9;
const DOUBLE_DIGITS = 17;
/** No number takes more: sign, 17 digits, point, `e-308`. */
const LONGEST = 32;

/** 10^exponent is POWERS_OF_TEN[exponent + 5]; exact from 10^0 on. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 28 }, (_, index) => Number(`1e${index - 5}`));
const power = (exponent: number): number => POWERS_OF_TEN[exponent + 5] ?? NaN;

/**
 * A float as TensorFlow Serving prints it: six significant digits if they read back as the same float,
 * else nine; `.0` behind whole numbers. Subnormals print as zero: its REST threads flush them.
 */
export function writeFloat(writer: ByteWriter, value: number): void {
  writer.reserve(LONGEST);
  const size = writeSpecial(writer, value, SMALLEST_NORMAL_FLOAT);
  if (size === undefined) return;
  const exponent = usualExponent(size);
  if (exponent !== undefined) {
    const short = shortDigits(size, exponent);
    if (Math.fround(valueOfDigits(short, exponent)) === size) {
      writeDigits(writer, short, SHORT_DIGITS, exponent);
      return;
    }
    // A float times 10^13 at most: the product's error is far below the distance from one half that is asked for.
    const scaled = size * power(FLOAT_DIGITS - 1 - exponent);
    const whole = Math.floor(scaled);
    const rest = scaled - whole;
    if (Math.abs(rest - 0.5) > 1e-6) {
      writeDigits(writer, rest > 0.5 ? whole + 1 : whole, FLOAT_DIGITS, exponent);
      return;
    }
  }
  writeExactly(writer, size, FLOAT_DIGITS, Math.fround);
}

/** A double as TensorFlow Serving prints it: six significant digits if they read back as the same double, else 17. */
export function writeDouble(writer: ByteWriter, value: number): void {
  writer.reserve(LONGEST);
  const size = writeSpecial(writer, value, SMALLEST_NORMAL_DOUBLE);
  if (size === undefined) return;
  const exponent = usualExponent(size);
  if (exponent !== undefined) {
    const short = shortDigits(size, exponent);
    if (valueOfDigits(short, exponent) === size) {
      writeDigits(writer, short, SHORT_DIGITS, exponent);
      return;
    }
  }
  writeExactly(writer, size, DOUBLE_DIGITS, (double) => double);
}

/** Writes a sign, and everything that has no digits to find; returns the absolute value if there is more to write. */
function writeSpecial(writer: ByteWriter, value: number, smallestNormal: number): number | undefined {
  if (Number.isNaN(value)) {
    writer.ascii('NaN');
    return undefined;
  }
  if (value < 0 || Object.is(value, -0)) writer.byte(0x2d);
  const size = Math.abs(value);
  if (size >= smallestNormal && size !== Infinity) return size;
  writer.ascii(size === Infinity ? 'Infinity' : '0.0');
  return undefined;
}

/** The decimal exponent of numbers from 1e-5 to 1e9, where floating-point arithmetic finds the digits. */
function usualExponent(size: number): number | undefined {
  if (size < 1e-5 || size >= 1e9) return undefined;
  let exponent = size < 1 ? -5 : 0;
  while (size >= power(exponent + 1)) exponent += 1;
  return exponent;
}

/** The six leading digits as an integer; may be 1000000. */
function shortDigits(size: number, exponent: number): number {
  const shift = SHORT_DIGITS - 1 - exponent;
  return Math.round(shift >= 0 ? size * power(shift) : size / power(-shift));
}

/** The number that six digits stand for, rounded once. */
function valueOfDigits(digits: number, exponent: number): number {
  const shift = SHORT_DIGITS - 1 - exponent;
  return shift >= 0 ? digits / power(shift) : digits * power(-shift);
}

const DIGITS = new Uint8Array(DOUBLE_DIGITS);

/** Lays out `precision` digits, given as an integer below 2^53, as printf's %g does. */
function writeDigits(writer: ByteWriter, digits: number, precision: number, exponent: number): void {
  let rest = digits;
  let shift = exponent;
  if (rest >= power(precision)) {
    rest /= 10;
    shift += 1;
  }
  for (let index = precision - 1; index >= 0; index--) {
    const next = Math.floor(rest / 10);
    DIGITS[index] = 0x30 + (rest - next * 10);
    rest = next;
  }
  layOut(writer, precision, shift);
}

/** Writes the digits in DIGITS, without zeros at their end. */
function layOut(writer: ByteWriter, precision: number, exponent: number): void {
  let count = precision;
  while (count > 1 && DIGITS[count - 1] === 0x30) count -= 1;
  const { bytes } = writer;
  let at = writer.length;
  if (exponent < -4 || exponent >= precision) {
    bytes[at++] = DIGITS[0] ?? 0;
    if (count > 1) bytes[at++] = 0x2e;
    for (let index = 1; index < count; index++) bytes[at++] = DIGITS[index] ?? 0;
    writer.length = at;
    writer.ascii(`e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`);
    return;
  }
  if (exponent < 0) {
    bytes[at++] = 0x30;
    bytes[at++] = 0x2e;
    for (let zeros = -1 - exponent; zeros > 0; zeros--) bytes[at++] = 0x30;
    for (let index = 0; index < count; index++) bytes[at++] = DIGITS[index] ?? 0;
  } else {
    for (let index = 0; index <= exponent; index++) bytes[at++] = index < count ? (DIGITS[index] ?? 0) : 0x30;
    bytes[at++] = 0x2e;
    if (count <= exponent + 1) bytes[at++] = 0x30;
    for (let index = exponent + 1; index < count; index++) bytes[at++] = DIGITS[index] ?? 0;
  }
  writer.length = at;
}

/** The way that always works: digits as text from the JavaScript engine, which is exact but rounds ties up. */
function writeExactly(writer: ByteWriter, size: number, precision: number, toType: (double: number) => number): void {
  let text = size.toExponential(SHORT_DIGITS - 1);
  let used = SHORT_DIGITS;
  if (toType(Number(text)) !== size) {
    text = size.toExponential(precision - 1);
    used = precision;
  }
  const exponent = Number(text.slice(text.indexOf('e') + 1));
  DIGITS[0] = text.charCodeAt(0);
  for (let index = 1; index < used; index++) DIGITS[index] = text.charCodeAt(index + 1);
  if (used === precision && isTie(size, precision, exponent)) roundTieToEven(used);
  layOut(writer, used, exponent);
}

/**
 * Whether a number lies exactly between two decimals of that precision. Such a number has one digit more, a 5, so with
 * `places` decimal places it has exactly as many binary ones.
 */
function isTie(size: number, precision: number, exponent: number): boolean {
  const places = precision - exponent;
  if (places < 1 || places > 60) return false;
  const scaled = size * 2 ** places;
  return Number.isInteger(scaled) && scaled % 2 === 1;
}

/** A tie was rounded up; when that made the last digit odd, the even one is one below (and never borrows). */
function roundTieToEven(used: number): void {
  const last = DIGITS[used - 1] ?? 0;
  if (last % 2 === 1) DIGITS[used - 1] = last - 1;
}
