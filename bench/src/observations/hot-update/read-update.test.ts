import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sample } from '../../record/index.js';
import { tableFromSamples } from '../../samples/index.js';
import { aSample } from '../../stats/testing/a-trial.js';
import { readUpdate } from './read-update.js';

const PUBLISHED_AT_S = 4;

/** 200 requests per second for 12 s; the new version answers from 5 s on, `overrides` gives other fields for the second `atS`. */
function update(overrides: (atS: number) => Partial<Sample> = () => ({})): ReturnType<typeof readUpdate> {
  const samples = Array.from({ length: 2400 }, (_, i) => {
    const atS = i / 200;
    return aSample({ intendedAtNs: atS * 1e9, version: atS < 5 ? 1 : 2, ...overrides(atS) });
  });
  return readUpdate(tableFromSamples(samples), { newVersion: 2, publishedAtS: PUBLISHED_AT_S, duringS: 4 });
}

describe('what the samples of an update say', () => {
  it('is the moment of the first new answer, and nothing else when all went well', () => {
    const { timeline, ...read } = update();
    assert.deepEqual(read, {
      requests: 2400,
      requestsDuring: 800,
      failedBefore: 0,
      failed: 0,
      mixed: 0,
      stale: 0,
      slow: 0,
      firstNewAtS: 5.001,
      p99Ms: { before: 1, during: 1, after: 1 },
    });
    assert.deepEqual(timeline[19], { atS: 4.75, maxMs: 1, failed: 0 });
    assert.deepEqual(timeline[20], { atS: 5, maxMs: 1, failed: 0 });
  });

  it('tells failed, mixed, stale and slow requests apart', () => {
    const read = update((atS) => {
      if (atS === 1) return { outcome: 'timeout' };
      if (atS === 4.5) return { outcome: 'refused', doneAtNs: Number.NaN };
      if (atS === 4.75) return { outcome: 'wrong-answer' };
      if (atS === 6) return { version: 1 };
      if (atS === 7) return { doneAtNs: 7.011e9 };
      return {};
    });
    const { failedBefore, failed, mixed, stale, slow, p99Ms, timeline } = read;
    assert.deepEqual(
      { failedBefore, failed, mixed, stale, slow },
      { failedBefore: 1, failed: 1, mixed: 1, stale: 1, slow: 1 },
    );
    assert.deepEqual(
      timeline.filter((bin) => bin.failed > 0).map(({ atS }) => atS),
      [1, 4.5, 4.75],
    );
    assert.equal(p99Ms.during, 1);
    assert.equal(timeline[28]?.maxMs.toFixed(3), '11.000');
  });

  it('leaves failed requests in the percentiles', () => {
    const { p99Ms } = update((atS) => (atS >= 4 && atS < 4.1 ? { outcome: 'refused' } : {}));
    assert.deepEqual(p99Ms, { before: 1, during: null, after: 1 });
  });

  it('has no moment of the new version where it never answers, and no percentile of what is not there', () => {
    const { firstNewAtS, stale, p99Ms } = update(() => ({ version: 1 }));
    assert.deepEqual({ firstNewAtS, stale }, { firstNewAtS: null, stale: 0 });
    assert.deepEqual(p99Ms, { before: 1, during: 1, after: null });
  });
});
