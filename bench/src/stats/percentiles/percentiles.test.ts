import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../random/index.js';
import { largestUnlikely } from './binomial.js';
import { certifiedBoundNs, samplesNeeded } from './certainty.js';
import { summariseLatencies } from './latency-summary.js';
import { percentileNs, sortLatencies } from './sorted-latencies.js';

const latencies = fc.array(fc.double({ min: 0, max: 1e10, noNaN: true }), { minLength: 1, maxLength: 300 });
const sorted = (values: readonly number[]) => sortLatencies(Float64Array.from(values));

describe('samplesNeeded', () => {
  it('gives the numbers of the method (LoadGen, 99% confidence)', () => {
    assert.deepEqual([0.5, 0.9, 0.95, 0.99, 0.999].map(samplesNeeded), [11, 64, 130, 662, 6636]);
  });

  it('is the least n: one less is not enough', () => {
    for (const p of [0.5, 0.9, 0.95, 0.99, 0.999]) {
      const risk = (n: number): number => p ** n + n * (1 - p) * p ** (n - 1);
      const n = samplesNeeded(p);
      assert.ok(risk(n) <= 0.01 && risk(n - 1) > 0.01);
    }
  });
});

describe('percentileNs', () => {
  it('is the least value that at least the share p does not exceed', () => {
    fc.assert(
      fc.property(latencies, fc.integer({ min: 1, max: 999 }), (values, permille) => {
        const found = percentileNs(sorted(values), permille / 1000);
        const naive = [...values]
          .sort((a, b) => a - b)
          .find((value) => values.filter((other) => other <= value).length * 1000 >= permille * values.length);
        assert.equal(found, naive);
      }),
    );
  });

  it('has no value for no samples', () => {
    assert.ok(Number.isNaN(percentileNs(sorted([]), 0.5)));
  });
});

describe('largestUnlikely', () => {
  it('agrees with adding up exact binomial probabilities', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 99 }), (n, percent) => {
        const q = percent / 100;
        let [cumulative, choose, t] = [0, 1, -1];
        for (let k = 0; k <= n; k++) {
          cumulative += choose * q ** k * (1 - q) ** (n - k);
          if (Math.abs(cumulative - 0.01) < 1e-12) return; // a tie that rounding decides
          if (cumulative <= 0.01) t = k;
          choose = (choose * (n - k)) / (k + 1);
        }
        assert.equal(largestUnlikely(n, q, 0.01), t);
      }),
    );
  });

  it('takes millions of samples: the normal approximation is near', () => {
    const [n, q] = [2_000_000, 0.01];
    const normal = n * q - 2.3263 * Math.sqrt(n * q * (1 - q));
    assert.ok(Math.abs(largestUnlikely(n, q, 0.01) - normal) < 3);
  });
});

describe('certifiedBoundNs', () => {
  it('is there exactly when there are samples enough', () => {
    for (const p of [0.5, 0.9, 0.99]) {
      const n = samplesNeeded(p);
      assert.equal(certifiedBoundNs(sorted(new Array<number>(n - 1).fill(1)), p), undefined);
      assert.equal(certifiedBoundNs(sorted(new Array<number>(n).fill(1)), p), 1);
    }
  });

  it('is not below the true percentile in 99% of draws from a known distribution', () => {
    const random = createRandom(5);
    const truth = -Math.log(1 - 0.9);
    let below = 0;
    for (let draw = 0; draw < 2000; draw++) {
      const values = Float64Array.from({ length: 200 }, () => -Math.log(1 - random.unit()));
      if ((certifiedBoundNs(sortLatencies(values), 0.9) ?? 0) < truth) below++;
    }
    assert.ok(below <= 2000 * 0.015, `${below} of 2000 bounds were too low`);
  });
});

describe('summariseLatencies', () => {
  it('prints only what n certifies', () => {
    const summary = summariseLatencies(sorted(Array.from({ length: 100 }, (_, i) => (i + 1) * 1e6)));
    assert.deepEqual(
      summary.percentiles.map(({ p, valueMs }) => [p, valueMs]),
      [
        [0.5, 50],
        [0.9, 90],
        [0.95, null],
        [0.99, null],
        [0.999, null],
      ],
    );
    assert.deepEqual([summary.n, summary.meanMs, summary.minMs, summary.maxMs], [100, 50.5, 1, 100]);
    const highest = summary.spectrum.at(-1);
    assert.ok(highest !== undefined && samplesNeeded(highest.p) <= 100);
  });

  it('sums up nothing, one, and equal samples', () => {
    const nothing = summariseLatencies(sorted([]));
    assert.deepEqual([nothing.n, nothing.meanMs, nothing.maxMs, nothing.spectrum], [0, 0, 0, []]);
    const one = summariseLatencies(sorted([2e6]));
    assert.deepEqual([one.n, one.meanMs, one.percentiles[0]?.valueMs], [1, 2, null]);
    const equal = summariseLatencies(sorted(new Array<number>(700).fill(3e6)));
    assert.deepEqual(
      [equal.minMs, equal.maxMs, equal.percentiles[3]?.valueMs, equal.percentiles[3]?.boundMs],
      [3, 3, 3, 3],
    );
  });

  it('counts requests that never ended in the ranks, never in the mean', () => {
    const values = [...new Array<number>(60).fill(1e6), ...new Array<number>(40).fill(Number.POSITIVE_INFINITY)];
    const summary = summariseLatencies(sorted(values));
    assert.deepEqual([summary.n, summary.meanMs, summary.maxMs], [100, 1, 1]);
    assert.equal(summary.percentiles[0]?.valueMs, 1);
    assert.equal(summary.percentiles[1]?.valueMs, null);
  });

  it('has percentiles and a spectrum that never fall', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const { spectrum, minMs, maxMs } = summariseLatencies(sorted(values));
        for (const [i, point] of spectrum.entries()) {
          assert.ok(point.ms >= (spectrum[i - 1]?.ms ?? minMs) && point.ms <= maxMs);
        }
      }),
    );
  });
});
