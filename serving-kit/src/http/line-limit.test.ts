import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LineLimit } from './line-limit.js';

it('a failure that happens to every request is logged ten times a second, and counted', () => {
  const limit = new LineLimit();
  const admitted = (nowMs: number, lines: number): (number | undefined)[] =>
    Array.from({ length: lines }, () => limit.admit(nowMs)).filter((leftOut) => leftOut !== undefined);
  assert.deepEqual(
    admitted(5000, 100),
    Array.from({ length: 10 }, () => 0),
  );
  assert.deepEqual(admitted(5999, 100), []);
  assert.deepEqual(admitted(6000, 2), [190, 0]);
});
