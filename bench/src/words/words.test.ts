import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatCondition, formatLoadInWords, formatLoop, sharedCondition } from './condition.js';
import {
  formatBytes,
  formatCount,
  formatMs,
  formatNumber,
  formatPercentile,
  formatRatio,
  formatShare,
  formatterOf,
} from './number.js';

describe('formatNumber', () => {
  for (const [value, text] of [
    [0, '0'],
    [0.012_345, '0.0123'],
    [1, '1.00'],
    [9.996, '10.0'],
    [45.67, '45.7'],
    [999.9, '1,000'],
    [1234, '1,230'],
    [1_234_567, '1,230,000'],
    [-0.4567, '-0.457'],
    [Number.NaN, 'not a number'],
  ] as const) {
    it(`writes ${value} as ${text}`, () => {
      assert.equal(formatNumber(value), text);
    });
  }

  it('keeps three significant digits of any number', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (value) => {
        const read = Number(formatNumber(value).replaceAll(',', ''));
        assert.ok(Math.abs(read - value) <= value * 0.005 + 1e-18, `${value} was written as ${formatNumber(value)}`);
      }),
    );
  });
});

describe('the figures of one column', () => {
  it('are counts when all of them are whole', () => {
    assert.deepEqual([1, 73, 2400].map(formatterOf([1, 73, 2400])), ['1', '73', '2,400']);
    assert.deepEqual([1, 73.25].map(formatterOf([1, 73.25])), ['1.00', '73.3']);
    assert.equal(formatterOf([])(2.5), '2.50');
  });
});

describe('units', () => {
  it('are always there', () => {
    assert.equal(formatMs(62.4), '62.4 ms');
    assert.equal(formatRatio(1.874), '1.87×');
    assert.equal(formatBytes(999), '999 B');
    assert.equal(formatBytes(999.6), '1.00 kB');
    assert.equal(formatBytes(3.57e8), '357 MB');
    assert.equal(formatPercentile(0.999), 'p99.9');
    assert.equal(formatCount(1_234_567), '1,234,567');
  });

  it('do not round a share up to all', () => {
    assert.equal(formatShare(1), '100%');
    assert.equal(formatShare(0.99999), '99.999%');
    assert.equal(formatShare(0.024), '2.4%');
  });
});

describe('conditions', () => {
  it('name the kind of loop', () => {
    assert.equal(formatLoop({ kind: 'closed', concurrency: 1 }), 'closed, 1 client');
    assert.equal(formatLoop({ kind: 'open', arrivals: 'poisson', ratePerS: 200 }), 'open, Poisson, 200/s');
    const loop = { kind: 'closed', concurrency: 8 } as const;
    assert.equal(formatLoadInWords({ loop }), 'With 8 clients asking without pause');
    const network = { rttMs: 100 };
    assert.equal(formatLoadInWords({ loop, network }), 'With 8 clients asking without pause, across RTT 100 ms');
  });

  it('tell everything that is held fixed', () => {
    const text = formatCondition({
      loop: { kind: 'closed', concurrency: 2 },
      model: 'cnn',
      modelVersion: 3,
      batch: 16,
      payload: 'json',
      network: { rttMs: 20, bandwidthMbitS: 100 },
      factors: { cpus: 1 },
    });
    assert.equal(text, 'closed, 2 clients; cnn v3, 16 instances, RTT 20.0 ms, 100 Mbit/s, cpus 1; json');
  });

  it('are told of two cells as far as they share them', () => {
    const own = {
      loop: { kind: 'closed', concurrency: 8 },
      model: 'cnn',
      modelVersion: 3,
      batch: 1,
      payload: 'json',
    } as const;
    const other = { ...own, batch: 16, network: { rttMs: 20 } };
    assert.equal(sharedCondition(own, other), 'closed, 8 clients, cnn v3');
  });
});
