import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hdrPercentileText } from './hdr.js';
import { percentileNs, sortLatencies } from './sorted-latencies.js';

const latencies = fc.array(fc.integer({ min: 1e3, max: 6e10 }), { minLength: 1, maxLength: 200 });

interface Row {
  readonly ms: number;
  readonly p: number;
  readonly count: number;
}

function rowsOf(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => /^\s*\d/.test(line))
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([ms = Number.NaN, p = Number.NaN, count = Number.NaN]) => ({ ms, p, count }));
}

describe('HdrHistogram percentile text', () => {
  it('agrees with the raw samples to three digits', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const rows = rowsOf(hdrPercentileText(Float64Array.from(values)));
        const sorted = sortLatencies(Float64Array.from(values));
        for (const p of [0.5, 0.75, 1]) {
          // Rows end with the last value, whichever percentile it has reached.
          const row = rows.find((each) => each.p >= p);
          const wantedMs = percentileNs(sorted, p) / 1e6;
          assert.ok(row !== undefined && Math.abs(row.ms - wantedMs) <= wantedMs * 1e-3 + 2e-3);
        }
        assert.equal(rows.at(-1)?.count, values.length);
      }),
      { numRuns: 50 },
    );
  });

  it('tells how many had no right answer, and takes nothing at all', () => {
    const text = hdrPercentileText(Float64Array.of(1e6, Number.POSITIVE_INFINITY));
    assert.match(text, /Total count\s+=\s+1\]/);
    assert.match(text, /\n#\[Without a right answer, in no row = 1\]\n$/);
    assert.match(hdrPercentileText(Float64Array.of()), /Total count\s+=\s+0\]/);
  });
});
