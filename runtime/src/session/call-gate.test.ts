import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CallGate } from './call-gate.js';

describe('CallGate', () => {
  it('lets callers in up to its limit at once, then one for each that leaves, in order', async () => {
    const gate = new CallGate(2);
    assert.equal(gate.enter(), undefined);
    assert.equal(gate.enter(), undefined);
    const entered: number[] = [];
    const waiting = Array.from(
      { length: 1000 },
      (_, index) => gate.enter()?.then(() => entered.push(index)) ?? assert.fail('let in'),
    );
    for (let index = 0; index < 1000; index += 1) {
      gate.leave();
      await waiting[index];
      assert.equal(entered.length, index + 1);
    }
    assert.deepEqual(
      entered,
      [...entered].sort((a, b) => a - b),
    );
    gate.leave();
    assert.equal(gate.enter(), undefined, 'one place is free again');
    assert.notEqual(gate.enter(), undefined, 'and only one');
  });
});
