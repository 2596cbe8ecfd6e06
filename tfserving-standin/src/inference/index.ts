export { acquire } from './acquire.js';
export { classify, type Classifications, type ClassifyResult, type ClassScore } from './classify.js';
export type { ExampleOptions } from './example-run.js';
export { multiInference, type InferenceTask, type MultiInferenceResult, type TaskResult } from './multi-inference.js';
export { DEFAULT_SIGNATURE, predict, predictOn, taken, type PredictOptions, type PredictResult } from './predict.js';
export { regress, type RegressResult } from './regress.js';
export { checkExampleCount, withContext } from './with-context.js';
