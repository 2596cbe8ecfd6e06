export { Metrics } from './metrics.js';
export type { FinishedRequest } from './serving-metrics.js';
