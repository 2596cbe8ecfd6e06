import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scheduleArrivals } from './arrivals.js';
import { inputOrder } from './input-order.js';
import { interleave } from './interleave.js';
import { pairSeeds } from './pair-seeds.js';

const seed = fc.integer();
const rate = fc.double({ min: 1, max: 2000, noNaN: true });
const duration = fc.integer({ min: 1, max: 3000 });

describe('scheduleArrivals', () => {
  it('gives ascending instants inside the trial, the same for the same pattern', () => {
    fc.assert(
      fc.property(seed, rate, duration, (someSeed, ratePerS, durationMs) => {
        for (const pattern of [
          { kind: 'constant', ratePerS, durationMs, seed: someSeed },
          { kind: 'poisson', ratePerS, durationMs, seed: someSeed },
        ] as const) {
          const schedule = scheduleArrivals(pattern);
          assert.deepEqual(schedule, scheduleArrivals(pattern));
          for (const [i, instant] of schedule.entries()) {
            assert.ok(Number.isInteger(instant) && instant >= (schedule[i - 1] ?? 0) && instant < durationMs * 1e6);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('has the rate it was asked for', () => {
    assert.equal(scheduleArrivals({ kind: 'constant', ratePerS: 300, durationMs: 10_000, seed: 1 }).length, 3000);
    // 10 000 arrivals have a standard deviation of 100.
    const poisson = scheduleArrivals({ kind: 'poisson', ratePerS: 1000, durationMs: 10_000, seed: 1 });
    assert.ok(Math.abs(poisson.length - 10_000) < 400);
  });

  it('has exponential gaps when it is Poisson: mean equals standard deviation', () => {
    const schedule = scheduleArrivals({ kind: 'poisson', ratePerS: 1000, durationMs: 20_000, seed: 2 });
    const gaps = [...schedule].slice(1).map((instant, i) => instant - (schedule[i] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    assert.ok(Math.abs(deviation / mean - 1) < 0.05);
  });

  it('refuses rates and durations that are none', () => {
    const constant = { kind: 'constant', ratePerS: 1, durationMs: 1000, seed: 1 } as const;
    for (const ratePerS of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => scheduleArrivals({ ...constant, ratePerS }), /ratePerS must be/);
    assert.throws(() => scheduleArrivals({ ...constant, durationMs: 0 }), /durationMs must be/);
  });
});

describe('inputOrder', () => {
  it('holds each input once in every run of as many requests', () => {
    fc.assert(
      fc.property(seed, fc.nat(200), fc.integer({ min: 1, max: 20 }), (someSeed, count, inputs) => {
        const order = inputOrder(someSeed, count, inputs);
        assert.equal(order.length, count);
        for (let at = 0; at + inputs <= count; at += inputs) {
          assert.equal(new Set(order.subarray(at, at + inputs)).size, inputs);
        }
        assert.deepEqual(order, inputOrder(someSeed, count, inputs));
      }),
    );
    assert.throws(() => inputOrder(1, 5, 0), RangeError);
  });
});

describe('interleave', () => {
  it('runs each cell once in each block, and every second block backwards', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 12 }), (someSeed, n, blocks) => {
        const cells = Array.from({ length: n }, (_, i) => ({ id: `cell${i}`, trials: blocks }));
        const plan = interleave(cells, someSeed);
        const byBlock = Array.from({ length: blocks }, (_, block) =>
          plan.filter((trial) => trial.block === block).map(({ cell }) => cell),
        );
        for (const [block, order] of byBlock.entries()) {
          assert.deepEqual([...order].sort(), cells.map(({ id }) => id).sort());
          if (block % 2 === 1) assert.deepEqual(order, [...(byBlock[block - 1] ?? [])].reverse());
        }
        assert.ok(plan.every(({ position }) => position < n));
      }),
    );
  });

  it('leaves a cell with fewer trials out of the last blocks', () => {
    const plan = interleave(
      [
        { id: 'a', trials: 3 },
        { id: 'b', trials: 1 },
      ],
      1,
    );
    assert.deepEqual(
      plan.filter(({ cell }) => cell === 'b').map(({ block }) => block),
      [0],
    );
    assert.equal(plan.length, 4);
    assert.deepEqual(interleave([], 1), []);
  });
});

describe('pairSeeds', () => {
  it('differ by block, group and purpose, and by nothing else', () => {
    const seeds = { arrivals: 1, inputs: 2, order: 3 };
    assert.deepEqual(pairSeeds(seeds, 'g', 0), pairSeeds({ ...seeds, order: 9 }, 'g', 0));
    const all = [pairSeeds(seeds, 'g', 0), pairSeeds(seeds, 'g', 1), pairSeeds(seeds, 'h', 0)];
    assert.equal(new Set(all.flatMap(({ arrivals, inputs }) => [arrivals, inputs])).size, 6);
    assert.notEqual(pairSeeds({ ...seeds, arrivals: 8 }, 'g', 0).arrivals, all[0]?.arrivals);
    assert.equal(pairSeeds({ ...seeds, arrivals: 8 }, 'g', 0).inputs, all[0]?.inputs);
  });
});
