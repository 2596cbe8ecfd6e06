import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { tableFromSamples } from '../../samples/index.js';
import { aSample } from '../testing/a-trial.js';
import { continueCapacitySearch, startCapacitySearch } from './capacity-search.js';
import { goodputPerS } from './goodput.js';
import { saturationPoint } from './saturation-point.js';

describe('saturationPoint', () => {
  it('is the least load at 95% of the highest throughput, in whatever order the points come', () => {
    const curve = [
      { load: 8, throughputPerS: 970 },
      { load: 1, throughputPerS: 300 },
      { load: 4, throughputPerS: 900 },
      { load: 16, throughputPerS: 1000 },
    ];
    assert.equal(saturationPoint(curve), 8);
  });

  it('is none while the curve still rises at its end', () => {
    const curve = [1, 2, 4].map((load) => ({ load, throughputPerS: 100 * load }));
    assert.equal(saturationPoint(curve), undefined);
  });

  it('has nothing to say of nothing', () => {
    assert.equal(saturationPoint([]), undefined);
    assert.equal(saturationPoint([1, 2].map((load) => ({ load, throughputPerS: 0 }))), undefined);
  });
});

describe('goodputPerS', () => {
  it('counts right answers within the limit, from the intended instant', () => {
    const samples = tableFromSamples([
      aSample({ intendedAtNs: 0, sentAtNs: 0, doneAtNs: 10e6 }),
      aSample({ intendedAtNs: 0, sentAtNs: 45e6, doneAtNs: 60e6 }),
      aSample({ intendedAtNs: 0, doneAtNs: 10e6, outcome: 'wrong-answer' }),
      aSample({ intendedAtNs: 0, sentAtNs: Number.NaN, doneAtNs: Number.NaN, outcome: 'never-sent' }),
    ]);
    assert.equal(goodputPerS(samples, 500, 50), 2);
    assert.equal(goodputPerS(samples, 0, 50), 0);
  });
});

describe('capacity search', () => {
  const options = { startPerS: 100, resolution: 0.05, highestPerS: 20_000, lowestPerS: 1 };

  it('encloses any capacity within the resolution, in few trials', () => {
    fc.assert(
      fc.property(fc.double({ min: 1.1, max: 19_000, noNaN: true }), (capacity) => {
        let search = startCapacitySearch(options);
        let trials = 0;
        while (search.tryPerS !== undefined) {
          search = continueCapacitySearch(search, search.tryPerS <= capacity);
          trials++;
        }
        assert.ok(trials < 25);
        assert.ok(search.heldPerS <= capacity && search.failedPerS !== undefined && search.failedPerS > capacity);
        assert.ok(search.failedPerS <= search.heldPerS * 1.05 + 1e-9);
      }),
    );
  });

  it('doubles first, then bisects', () => {
    let search = startCapacitySearch(options);
    const tried: (number | undefined)[] = [];
    for (const held of [true, true, false, true, false]) {
      tried.push(search.tryPerS);
      search = continueCapacitySearch(search, held);
    }
    assert.deepEqual(tried, [100, 200, 400, 300, 350]);
  });

  it('ends at its highest and lowest rates', () => {
    let search = startCapacitySearch(options);
    while (search.tryPerS !== undefined) search = continueCapacitySearch(search, true);
    assert.deepEqual([search.heldPerS, search.failedPerS], [20_000, undefined]);
    search = startCapacitySearch(options);
    while (search.tryPerS !== undefined) search = continueCapacitySearch(search, false);
    assert.deepEqual([search.heldPerS, search.failedPerS], [0, 1]);
    assert.throws(() => continueCapacitySearch(search, true), /over/);
  });

  it('refuses options that it could not end with', () => {
    assert.throws(() => startCapacitySearch({ ...options, resolution: 0 }), RangeError);
    assert.throws(() => startCapacitySearch({ ...options, startPerS: 50_000 }), RangeError);
  });
});
