/** Pure statistics over samples and trial records: the same input gives the same output, and nothing is read or written. */
export { median } from './comparison/median.js';
export { isRange, spanWords, trialsUsed } from './comparison/span-words.js';
export { pairedRatio, type Pair } from './comparison/paired-ratio.js';
export { isWithin, judgeRatio, PAIRS_NEEDED, type Saying } from './comparison/judge-ratio.js';
export { percentileTexts } from './cell/percentile-texts.js';
export { summariseCell } from './cell/summarise-cell.js';
export { latenciesOf, type MeasuredTrial } from './cell/measured-trial.js';
export { judgeBytesBetweenCells, sentBytes, type SentBytes } from './gates/bytes-between-cells.js';
export { certifiedBoundNs, samplesNeeded } from './percentiles/certainty.js';
export { certifiedMs, PERCENTILES } from './percentiles/latency-summary.js';
export { percentileNs, sortLatencies, type SortedLatencies } from './percentiles/sorted-latencies.js';
export { continueCapacitySearch, startCapacitySearch } from './load-curve/capacity-search.js';
export { LATENCY_LIMIT_MS } from './load-curve/goodput.js';
export { saturationPoint } from './load-curve/saturation-point.js';
