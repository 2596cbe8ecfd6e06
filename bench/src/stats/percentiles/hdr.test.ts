import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import { encodeHdr, hdrPercentileText, mergeHdr, percentileNs, sortLatencies } from './index.js';

const latencies = fc.array(fc.integer({ min: 1e3, max: 6e10 }), { minLength: 1, maxLength: 200 });

describe('HDR export', () => {
  it('agrees with the raw samples to three digits', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const histogram = decodeFromCompressedBase64(encodeHdr(Float64Array.from(values)));
        const sorted = sortLatencies(Float64Array.from(values));
        assert.equal(histogram.totalCount, values.length);
        for (const p of [0.5, 0.9, 1]) {
          const wantedUs = percentileNs(sorted, p) / 1e3;
          assert.ok(Math.abs(histogram.getValueAtPercentile(p * 100) - wantedUs) <= wantedUs * 1e-3 + 1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('merges into what one histogram of all would be', () => {
    const [a, b] = [Float64Array.of(1e6, 2e6, 3e6), Float64Array.of(4e6, 500e6)];
    const merged = mergeHdr([encodeHdr(a), encodeHdr(b)]);
    const one = encodeHdr(Float64Array.from([...a, ...b]));
    assert.equal(hdrPercentileText(merged), hdrPercentileText(one));
  });

  it('leaves out what never ended, and takes nothing at all', () => {
    const histogram = decodeFromCompressedBase64(encodeHdr(Float64Array.of(1e6, Number.POSITIVE_INFINITY)));
    assert.equal(histogram.totalCount, 1);
    assert.match(hdrPercentileText(encodeHdr(Float64Array.of())), /Total count\s+=\s+0/);
    assert.match(hdrPercentileText(mergeHdr([])), /Total count\s+=\s+0/);
  });
});
