/** Pure functions from samples to figures: no clock, no files, no randomness but a seed. */
export { judgeRatio } from './judge-ratio.js';
export { pairedRatio } from './paired-ratio.js';
export { summariseCell } from './summarise-cell.js';
