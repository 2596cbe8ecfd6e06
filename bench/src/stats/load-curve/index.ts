/** What a server bears: saturation, goodput, and the highest rate within a limit (method rule 12). */
export { saturationPoint, type CurvePoint } from './saturation-point.js';
export { goodputPerS, LATENCY_LIMIT_MS } from './goodput.js';
export {
  continueCapacitySearch,
  startCapacitySearch,
  type CapacityOptions,
  type CapacitySearch,
} from './capacity-search.js';
