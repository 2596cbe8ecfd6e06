import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runSelfcheck } from './run-selfcheck.js';
import { trueClosedLoop, trueOpenLoop, trueTimeNs } from './truth.js';

const STALL = { fromNs: 100, untilNs: 200 };

describe('truth', () => {
  it('is the delay, unless the server stands still when a request comes or is due', () => {
    assert.equal(trueTimeNs(0, 10, undefined), 10);
    assert.equal(trueTimeNs(50, 10, STALL), 10);
    assert.equal(trueTimeNs(95, 10, STALL), 105);
    assert.equal(trueTimeNs(150, 10, STALL), 60);
    assert.equal(trueTimeNs(200, 10, STALL), 10);
  });

  it('shows what a closed loop does not see: its workers wait out the stall once', () => {
    const schedule = Float64Array.from({ length: 30 }, (_, i) => i * 10);
    const waited = (times: Float64Array): number => times.filter((time) => time > 10).length;
    assert.equal(waited(trueOpenLoop(schedule, 10, STALL)), 11);
    assert.equal(waited(trueClosedLoop(1, 300e-6, 10, STALL)), 1);
  });
});

describe('self-check', () => {
  it('gives a row for each delay and loop, with and without a stall; only open loops with one are judged', async () => {
    const options = { delaysMs: [2], stallMs: 100, ratePerS: 200, concurrency: 2, durationMs: 300, seed: 1 };
    const told: string[] = [];
    const rows = await runSelfcheck(options, (row) => told.push(row.loop));
    assert.deepEqual(told, ['closed', 'closed', 'open', 'open']);
    for (const row of rows) {
      // The server is never early, and the generator's times hold the server's.
      assert.ok(row.samples > 0 && row.serverP50Ms >= 2 && row.serviceP50Ms >= 2);
      assert.equal(row.passed === undefined, !(row.loop === 'open' && row.stalled));
    }
    assert.ok((rows[3]?.responseP99Ms ?? 0) > 50);
  });
});
