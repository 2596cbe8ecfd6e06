import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExactJson } from './exact-json.js';
import { firstDifference } from './first-difference.js';

test('numbers that JSON.parse refuses or rounds', () => {
  assert.deepEqual(parseExactJson('[NaN, Infinity, -Infinity, 9007199254740993, 1.0, -0.0]'), [
    NaN,
    Infinity,
    -Infinity,
    9007199254740993n,
    1,
    -0,
  ]);
  assert.deepEqual(parseExactJson(' {"a": {"b": [true, false, null, "x\\"y"]}, "c": []}\n'), {
    a: { b: [true, false, null, 'x"y'] },
    c: [],
  });
  for (const text of ['{', '[1', '{"a" 1}', '[1] 2', 'nan', '1.2.3'])
    assert.throws(() => parseExactJson(text), SyntaxError, text);
});

test('the first difference, with tolerance only where it was asked for', () => {
  assert.equal(firstDifference({ a: [1, NaN] }, { a: [1, NaN] }), undefined);
  assert.equal(firstDifference({ a: 1, b: 2 }, { b: 2, a: 1 }), undefined);
  assert.equal(firstDifference([1, 2], [1, 2.0001]), '[1]: expected 2, got 2.0001');
  assert.equal(firstDifference([1, 2], [1, 2.0001], 1e-3), undefined);
  assert.equal(firstDifference({ a: 1n }, { a: 1 }), '.a: expected 1, got 1 (an integer, a number)');
  assert.equal(firstDifference({ a: 1 }, {}), '.a: expected 1, got nothing');
  assert.equal(firstDifference([1], [1, 2]), '.length: expected 1, got 2');
  assert.equal(firstDifference(0, -0), 'value: expected 0, got 0 (a number, negative)');
});
