import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js';

/** Three significant digits: within 0.1% of each latency. */
const DIGITS = 3;

function empty(): Histogram {
  return build({ bitBucketSize: 'packed', numberOfSignificantValueDigits: DIGITS, autoResize: true });
}

/**
 * Latencies as an HdrHistogram (V2, compressed, base64; values in microseconds), which other tools read and merge. For
 * exchange only: figures of a report come from raw samples. Requests that never ended have no latency and are left out.
 */
export function encodeHdr(latenciesNs: Float64Array): string {
  const histogram = empty();
  for (const latency of latenciesNs) {
    if (Number.isFinite(latency)) histogram.recordValue(Math.round(latency / 1e3));
  }
  return encodeIntoCompressedBase64(histogram);
}

/** One histogram of several, e.g. of the trials of a cell or of two machines. */
export function mergeHdr(encoded: readonly string[]): string {
  const merged = empty();
  for (const each of encoded) merged.add(decodeFromCompressedBase64(each));
  return encodeIntoCompressedBase64(merged);
}

/** The percentile distribution in HdrHistogram's text form (`.hgrm`), in milliseconds: its plotters read it. */
export function hdrPercentileText(encoded: string): string {
  return decodeFromCompressedBase64(encoded).outputPercentileDistribution(5, 1e3);
}
