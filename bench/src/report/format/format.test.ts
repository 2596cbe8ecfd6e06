import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Effect } from '../../record/index.js';
import { fixtureResults } from '../fixture/fixture-results.js';
import { ReportContext } from '../sections/report-context.js';
import { effectSides, effectWords, tellApart } from './effect.js';
import { formatCondition, formatLoadInWords, formatLoop } from './condition.js';
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
import { slug } from './slug.js';
import { formatDuration, formatInstant } from './time.js';

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
    assert.equal(text, 'closed, 2 clients; cnn v3, 16 instances, RTT 20.0 ms 100 Mbit/s, cpus 1; json');
  });
});

describe('an effect', () => {
  const context = new ReportContext(fixtureResults());
  const effect = { metric: 'throughput', ratio: 1.5, low: 1.4, high: 1.6, pairs: 6 };
  const group = 'concurrency/fashion-cnn-v2-b1';
  const between = (numerator: string, denominator: string): Effect => {
    const ends = [numerator, denominator].map((id) => id.split('/').at(-1) ?? '');
    const contestants = { numerator: ends[0] ?? '', denominator: ends[1] ?? '' };
    return { ...effect, contestants, cells: { numerator, denominator } };
  };
  const busy = between(`${group}-closed-8/proxy-grpc`, `${group}-closed-8/direct-rest`);
  const busier = between(`${group}-closed-32/proxy-grpc`, `${group}-closed-32/direct-rest`);

  it('names both sides by label, also without cells', () => {
    const words = 'Proxy → TensorFlow Serving by gRPC / TensorFlow Serving, REST, direct';
    assert.equal(effectSides(busy, context), words);
    assert.equal(effectSides({ contestants: busy.contestants }, context), words);
    assert.equal(effectWords(busy, context), `1.50× (1.40 to 1.60), throughput: ${words}`);
    assert.match(effectWords({ ...busy, pairs: 3, passes: 2 }, context), /range of 3 blocks, over 2 passes\)/);
  });

  it('tells what differs between the conditions, the contestant once where it is the same', () => {
    const own = between(`${group}-closed-32/flask-style`, `${group}-closed-8/flask-style`);
    const label = 'Flask style (Express, model in process)';
    assert.equal(effectSides(own, context), `closed, 32 clients / closed, 8 clients (${label})`);
  });

  it('is told apart from others by what their conditions do not share', () => {
    assert.deepEqual(tellApart([busy, busier], context), [['closed, 8 clients'], ['closed, 32 clients']]);
    assert.deepEqual(tellApart([busy, busy], context), [[], []]);
  });
});

describe('names and times', () => {
  it('makes a safe name of any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.match(slug(text), /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
        assert.ok(slug(text).length <= 48);
      }),
    );
  });

  it('tells instants in UTC and durations in two parts', () => {
    assert.equal(formatInstant('2026-08-02T14:00:11.500Z'), '2026-08-02 14:00:11 UTC');
    assert.equal(formatDuration(42_000), '42 s');
    assert.equal(formatDuration(207_000), '3 min 27 s');
    assert.equal(formatDuration(7_500_000), '2 h 5 min');
  });
});
