/** Pure statistics over samples and trial records: the same input gives the same output, and nothing is read or written. */
export {
  isRange,
  isWithin,
  judgeRatio,
  median,
  PAIRS_NEEDED,
  pairedRatio,
  spanWords,
  trialsUsed,
  type Pair,
  type Saying,
} from './comparison/index.js';
export { percentileTexts } from './cell/percentile-texts.js';
export { summariseCell } from './cell/summarise-cell.js';
export { responseTimesNs, serviceTimesNs, type MeasuredTrial } from './cell/measured-trial.js';
export { judgeBytesBetweenCells, sentBytes, type SentBytes } from './gates/bytes-between-cells.js';
export {
  certifiedBoundNs,
  certifiedMs,
  percentileNs,
  samplesNeeded,
  sortLatencies,
  type SortedLatencies,
} from './percentiles/index.js';
export * from './load-curve/index.js';
