import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRandom, deriveSeed, shuffle } from './index.js';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('random', () => {
  it('gives the same numbers for the same seed, today and in years', () => {
    const random = createRandom(42);
    const numbers = [random.uint32(), random.uint32(), random.uint32()];
    assert.deepEqual(numbers, [2357303435, 3307241920, 3305622521]);
  });

  it('gives other numbers for a neighbouring seed, also far above 2^32', () => {
    const first = (seed: number): number => createRandom(seed).uint32();
    assert.notEqual(first(1), first(2));
    assert.notEqual(first(1), first(1 + 2 ** 40));
  });

  it('stays within its bounds', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 1000 }), (seed, bound) => {
        const random = createRandom(seed);
        for (let i = 0; i < 50; i++) {
          const [unit, below] = [random.unit(), random.below(bound)];
          assert.ok(unit >= 0 && unit < 1 && Number.isInteger(below) && below >= 0 && below < bound);
        }
      }),
    );
  });

  it('is uniform: chi-squared of 64 bins below the 99.99% point', () => {
    const random = createRandom(7);
    const [draws, bins] = [64_000, new Array<number>(64).fill(0)];
    for (let i = 0; i < draws; i++) {
      const bin = random.below(64);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chiSquared = bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    assert.ok(chiSquared < 112, `chi-squared ${chiSquared}`);
  });

  it('shuffles into a permutation and leaves the argument alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), seeds, (items, seed) => {
        const before = [...items];
        const shuffled = shuffle(items, createRandom(seed));
        assert.deepEqual(items, before);
        assert.deepEqual([...shuffled].sort(), [...items].sort());
      }),
    );
  });

  it('derives different seeds for different purposes', () => {
    const derived = new Set([deriveSeed(1, 0), deriveSeed(1, 1), deriveSeed(1, 0, 0), deriveSeed(2, 0), deriveSeed(1)]);
    assert.equal(derived.size, 5);
    assert.equal(deriveSeed(1, 2, 3), deriveSeed(1, 2, 3));
  });
});
