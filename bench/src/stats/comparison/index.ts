/** Comparing two contestants over paired blocks (method rules 8 to 10). */
export { bootstrapMean, type Interval } from './bootstrap.js';
export { pairedRatio, type Pair } from './paired-ratio.js';
export { judgeRatio, PAIRS_NEEDED, type RatioClaim } from './judge-ratio.js';
