/** Comparing two contestants over paired blocks (method rules 8 to 10). */
export { bootstrapMean, bootstrapMedian, VALUES_FOR_INTERVAL, type Interval } from './bootstrap.js';
export { median } from './median.js';
export { isRange, spanWords, trialsUsed } from './span-words.js';
export { pairedRatio, type Pair } from './paired-ratio.js';
export { isWithin, judgeRatio, PAIRS_NEEDED, type Saying } from './judge-ratio.js';
