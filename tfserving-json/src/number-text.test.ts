import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ByteWriter } from './byte-writer.js';
import { writeDouble, writeFloat } from './number-text.js';

function textOf(write: (writer: ByteWriter, value: number) => void, value: number): string {
  const writer = new ByteWriter();
  write(writer, value);
  return writer.take().toString();
}
const floatText = (value: number): string => textOf(writeFloat, Math.fround(value));
const doubleText = (value: number): string => textOf(writeDouble, value);

/** printf's %.{precision}g in exact arithmetic, ties to even. */
function printfG(value: number, precision: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [fraction, exponentOfTwo] = asFraction(Math.abs(value));
  let exponent = Number(Math.abs(value).toExponential(20).split('e')[1]);
  let digits = roundedDigits(fraction, exponentOfTwo, precision - 1 - exponent);
  if (digits.length > precision) {
    exponent += 1;
    digits = roundedDigits(fraction, exponentOfTwo, precision - 1 - exponent);
  }
  const trimmed = digits.replace(/0+$/, '') || '0';
  if (exponent < -4 || exponent >= precision) {
    const mantissa = trimmed.length > 1 ? `${trimmed.charAt(0)}.${trimmed.slice(1)}` : trimmed;
    return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-1 - exponent)}${trimmed}`;
  const whole = trimmed.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return sign + (trimmed.length > exponent + 1 ? `${whole}.${trimmed.slice(exponent + 1)}` : whole);
}

function asFraction(value: number): [bigint, number] {
  let exponent = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent -= 1;
  }
  return [BigInt(scaled), exponent];
}

function roundedDigits(fraction: bigint, exponentOfTwo: number, shift: number): string {
  const over = fraction * (shift > 0 ? 10n ** BigInt(shift) : 1n);
  const under = (shift < 0 ? 10n ** BigInt(-shift) : 1n) * 2n ** BigInt(-exponentOfTwo);
  const whole = over / under;
  const twice = (over % under) * 2n;
  const up = twice > under || (twice === under && whole % 2n === 1n);
  return String(up ? whole + 1n : whole);
}

/** Contract 1.10, word for word. */
function expected(value: number, digits: number, toType: (double: number) => number): string {
  const short = printfG(value, 6);
  const text = toType(Number(short)) === value ? short : printfG(value, digits);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const FLOAT = { noNaN: true, noDefaultInfinity: true } as const;
const isNormal = (value: number, smallest: number): boolean => value === 0 || Math.abs(value) >= smallest;

describe('numbers in answers', () => {
  it('look as recorded', () => {
    const floats: readonly [number, string][] = [
      [0.1, '0.1'],
      [1 / 3, '0.333333343'],
      [9000000, '9e+06'],
      [1000000, '1e+06'],
      [999999, '999999.0'],
      [1234567, '1234567.0'],
      [16777216, '16777216.0'],
      [1435774336, '1.43577434e+09'],
      [0.1234567, '0.123456702'],
      [3e-5, '3e-05'],
      [-0, '-0.0'],
      [3.4028234663852886e38, '3.40282347e+38'],
      [1.17549435e-38, '1.17549435e-38'],
      [99999.5, '99999.5'],
      [0.015625, '0.015625'],
      [NaN, 'NaN'],
      [-Infinity, '-Infinity'],
      [1e-45, '0.0'],
      [-1e-39, '-0.0'],
    ];
    for (const [value, text] of floats) assert.equal(floatText(value), text);
    const doubles: readonly [number, string][] = [
      [0.1, '0.1'],
      [1 / 3, '0.33333333333333331'],
      [Math.PI, '3.1415926535897931'],
      [1e6, '1e+06'],
      [123456789, '123456789.0'],
      [1e21, '1e+21'],
      [1e-7, '1e-07'],
      [1.7976931348623157e308, '1.7976931348623157e+308'],
      [9.999999e5, '999999.90000000002'],
      [5e-324, '0.0'],
      [1e-4, '0.0001'],
    ];
    for (const [value, text] of doubles) assert.equal(doubleText(value), text);
  });

  it('are %g with 6 digits or else 9 for every float, and read back as the same float', () => {
    fc.assert(
      fc.property(fc.oneof(fc.float(FLOAT), fc.float({ ...FLOAT, min: -100, max: 100 })), (value) => {
        fc.pre(isNormal(value, 1.1754943508222875e-38));
        assert.equal(floatText(value), expected(value, 9, Math.fround));
        assert.ok(Object.is(Math.fround(Number(floatText(value))), value));
      }),
      { numRuns: 5000 },
    );
  });

  it('are %g with 6 digits or else 17 for every double, and read back as the same double', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double(FLOAT), fc.double({ ...FLOAT, min: -1e6, max: 1e6 })), (value) => {
        fc.pre(isNormal(value, 2.2250738585072014e-308));
        assert.equal(doubleText(value), expected(value, 17, Number));
        assert.ok(Object.is(Number(doubleText(value)), value));
      }),
      { numRuns: 3000 },
    );
  });

  it('are the shortest there are when six digits suffice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: -20, max: 20 }), (digits, exponent) => {
        const value = Number(`${digits}e${exponent}`);
        assert.equal(doubleText(value), expected(value, 17, Number));
        assert.equal(floatText(value), expected(Math.fround(value), 9, Math.fround));
      }),
      { numRuns: 2000 },
    );
  });

  it('round ties to even', () => {
    for (const value of [1048576.125, 1048576.375, 1572864.625, 2097151.875])
      assert.equal(floatText(value), expected(value, 9, Math.fround));
    fc.assert(
      fc.property(fc.integer({ min: 2 ** 49, max: 2 ** 50 - 1 }), fc.integer({ min: 0, max: 7 }), (whole, eighths) => {
        const value = whole + eighths / 8;
        assert.equal(doubleText(value), expected(value, 17, Number));
      }),
    );
  });
});
