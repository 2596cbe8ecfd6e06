import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sixDigits } from './six-digits.js';

it('prints numbers as C does with %g', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0'],
    [10, '10'],
    [32.4, '32.4'],
    [104.976, '104.976'],
    [188.9568, '188.957'],
    [67466.4, '67466.4'],
    [121440, '121440'],
    [999999.4, '999999'],
    [999999.5, '1e+06'],
    [1274820, '1.27482e+06'],
    [1.54814e10, '1.54814e+10'],
    [0.0001, '0.0001'],
    [0.00001234567, '1.23457e-05'],
    [-2.5, '-2.5'],
    [1e100, '1e+100'],
  ];
  for (const [value, text] of cases) assert.equal(sixDigits(value), text);
});
