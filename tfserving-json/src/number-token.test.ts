import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NumberToken } from './number-token.js';

function read(text: string): { value: number | bigint; isDouble: boolean; end: number } | string {
  const token = new NumberToken();
  if (!token.read(Buffer.from(text), 0)) return `${token.fault ?? ''} at ${token.end}`;
  return { value: token.big ?? token.value, isDouble: token.isDouble, end: token.end };
}
const valueOf = (text: string): number | bigint | string => {
  const result = read(text);
  return typeof result === 'string' ? result : result.value;
};

describe('a number token', () => {
  it('is rounded correctly when it has up to 15 digits and a small exponent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(10 ** 15) + 1, max: 10 ** 15 - 1 }),
        fc.integer({ min: 0, max: 15 }),
        (digits, places) => {
          const whole = String(Math.abs(digits)).padStart(places + 1, '0');
          const text = `${digits < 0 ? '-' : ''}${whole.slice(0, whole.length - places)}.${whole.slice(whole.length - places)}0`;
          assert.equal(valueOf(text), Number(text));
        },
      ),
    );
  });

  it('is an exact integer in the whole range of int64 and uint64', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (integer) => {
        const result = read(String(integer));
        assert.ok(typeof result === 'object' && !result.isDouble);
        assert.equal(BigInt(result.value), integer);
      }),
    );
  });

  it('is off by as much as rapidjson is, beyond that', () => {
    const recorded: readonly [string, number][] = [
      ['1e-45', 1.0000000000000001e-45],
      ['-1e-30', -9.9999999999999991e-31],
      ['6e+23', 5.9999999999999995e23],
      ['1e-307', 1.0000000000000001e-307],
      ['123456789012345678901234567890', 1.2345678901234566e29],
      ['0.30000000000000004', 0.30000000000000004],
      ['3.141592653589793', Math.PI],
      ['1.7976931348623157e308', Number.MAX_VALUE],
      ['2.2250738585072014e-308', 2.2250738585072014e-308],
      ['18446744073709551616', 2 ** 64],
      ['-9223372036854775809', -(2 ** 63)],
    ];
    for (const [text, value] of recorded)
      assert.deepEqual(read(text), { value, isDouble: true, end: text.length }, text);
  });

  it('is zero where the real server flushes subnormals', () => {
    assert.equal(valueOf('5e-324'), 0);
    assert.equal(valueOf('1e-400'), 0);
    assert.equal(valueOf('-1e-308'), -0);
  });

  it('knows JSON’s missing numbers', () => {
    const texts = ['NaN', '-NaN', 'Inf', 'Infinity', '-Inf', '-Infinity'];
    assert.deepEqual(texts.map(valueOf), [NaN, NaN, Infinity, Infinity, -Infinity, -Infinity]);
  });

  it('forgets a missing number that has a fraction or an exponent', () => {
    assert.equal(valueOf('NaN.5'), 0.5);
    assert.equal(valueOf('-Infinity.25'), -0.25);
    assert.equal(valueOf('Infe3'), 0);
    assert.equal(read('NaN.'), 'Miss fraction part in number. at 4');
    assert.equal(read('-InfE'), 'Miss exponent in number. at 5');
  });

  it('has a minus zero only among doubles', () => {
    assert.equal(valueOf('-0'), 0);
    assert.equal(valueOf('-0.0'), -0);
    assert.equal(valueOf('-0e0'), -0);
  });

  it('ends where it ends', () => {
    assert.deepEqual(read('01'), { value: 0, isDouble: false, end: 1 });
    assert.deepEqual(read('12,'), { value: 12, isDouble: false, end: 2 });
    assert.deepEqual(read('0x10'), { value: 0, isDouble: false, end: 1 });
  });

  it('tells its faults and where they are', () => {
    assert.equal(read('1.'), 'Miss fraction part in number. at 2');
    assert.equal(read('1e'), 'Miss exponent in number. at 2');
    assert.equal(read('1e+'), 'Miss exponent in number. at 3');
    assert.equal(read('1e400'), 'Number too big to be stored in double. at 0');
    assert.equal(read(`-${'9'.repeat(400)}`), 'Number too big to be stored in double. at 0');
    assert.equal(read('-'), 'Invalid value. at 1');
    assert.equal(read('.5'), 'Invalid value. at 0');
    assert.equal(read('nan'), 'Invalid value. at 0');
    assert.equal(read('Infinit'), 'Invalid value. at 7');
  });
});
