import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Effect } from '../../record/index.js';
import { fixtureResults } from '../fixture/fixture-results.js';
import { ReportContext } from '../sections/report-context.js';
import { effectSides, effectWords } from './effect.js';
import { slug } from './slug.js';
import { formatDuration } from '../../words/number.js';
import { formatInstant } from './time.js';

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
