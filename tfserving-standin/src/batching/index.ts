export { BatchScheduler } from './batch-scheduler.js';
export { batchingOptions, checkBatchingOptions, type BatchingOptions } from './batching-options.js';
export { BatchingSession } from './batching-session.js';
