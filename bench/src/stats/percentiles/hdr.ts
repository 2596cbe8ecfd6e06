import { build } from 'hdr-histogram-js';

/** Three significant digits: within 0.1% of each latency. */
const DIGITS = 3;
/** Rows for each halving of the distance to 1: HdrHistogram's own default. */
const ROWS_PER_HALVING = 5;

/**
 * The percentile distribution of latencies in HdrHistogram's text form (`.hgrm`, values in milliseconds), which its plotter
 * and other tools read. For exchange only: figures of a report come from raw samples. It knows no infinity, so requests
 * without a right answer are in no row; their number stands in a last line of its own.
 */
export function hdrPercentileText(latenciesNs: Float64Array): string {
  const histogram = build({ bitBucketSize: 'packed', numberOfSignificantValueDigits: DIGITS, autoResize: true });
  let leftOut = 0;
  for (const latency of latenciesNs) {
    if (Number.isFinite(latency)) histogram.recordValue(Math.round(latency / 1e3));
    else leftOut++;
  }
  const text = histogram.outputPercentileDistribution(ROWS_PER_HALVING, 1e3);
  return `${text.trimEnd()}\n#[Without a right answer, in no row = ${leftOut}]\n`;
}
