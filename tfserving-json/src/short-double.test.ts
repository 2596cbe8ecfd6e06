import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shortDouble } from './short-double.js';

describe('a double in an error text', () => {
  it('looks as recorded', () => {
    const recorded: readonly [number, string][] = [
      [1e10, '10000000000.0'],
      [1, '1.0'],
      [-0, '-0.0'],
      [1e-7, '1e-7'],
      [0.1, '0.1'],
      [-1.5, '-1.5'],
      [0.00001234, '0.00001234'],
      [1.2345678901234566e29, '1.2345678901234566e29'],
      [2 ** 64, '18446744073709553000.0'],
      [-(2 ** 63), '-9223372036854776000.0'],
    ];
    for (const [value, text] of recorded) assert.equal(shortDouble(value), text);
  });

  it('reads back as the same double, with 17 digits at most', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = shortDouble(value);
        assert.ok(Object.is(Number(text), value), text);
        const digits = text
          .replace(/^-|e.*$|\.0$/g, '')
          .replace('.', '')
          .replace(/^0+|0+$/g, '');
        assert.ok(digits.length <= 17, text);
      }),
      { numRuns: 2000 },
    );
  });
});
