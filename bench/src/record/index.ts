/** The plain records that join the stages of a study: whoever runs writes them, whoever computes or renders reads them. */
export * from './cell-result.js';
export * from './claim-verdict.js';
export * from './condition.js';
export * from './contestant.js';
export * from './experiment-result.js';
export * from './floor.js';
export * from './ledger.js';
export * from './command-to-ask.js';
export * from './model-facts.js';
export * from './own-model.js';
export * from './parity.js';
export * from './plan.js';
export { resultsSchema, type Results } from './results.js';
export * from './sample.js';
export * from './study-record.js';
export * from './trial-record.js';
