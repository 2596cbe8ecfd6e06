/** The plain records that join the stages of a study: whoever runs writes them, whoever computes or renders reads them. */
export { conditionSchema, loopSchema, networkSchema, type Condition, type Loop, type Network } from './condition.js';
export {
  cellSchema,
  planSchema,
  profileSchema,
  seedsSchema,
  type Cell,
  type Plan,
  type Profile,
  type Seeds,
} from './plan.js';
export { contestantSchema, servingSourceSchema, type Contestant, type ServingSource } from './contestant.js';
export { findFloor, floorSchema, type Floor } from './floor.js';
export { ledgerRowSchema, type LedgerRow } from './ledger.js';
export { noneAgrees, paritySchema, type Parity } from './parity.js';
export { modelFactsSchema, type ModelFacts } from './model-facts.js';
export { ownModelSchema, type OwnModel } from './own-model.js';
export { commandToAsk } from './command-to-ask.js';
export { studyRecordSchema, type Asked, type ModelOptions, type Segment, type StudyRecord } from './study-record.js';
export { trialRecordSchema, type GeneratorHealth, type ProcessUsage, type TrialRecord } from './trial-record.js';
export { OUTCOMES, type Outcome, type Sample } from './sample.js';
export { resultsSchema, type Results } from './results.js';
export {
  gateSchema,
  cellResultSchema,
  latencySummarySchema,
  type CellResult,
  type Gate,
  type LatencySummary,
} from './cell-result.js';
export {
  chartSchema,
  experimentResultSchema,
  tableSchema,
  type Chart,
  type ExperimentResult,
  type Sentence,
  type Table,
} from './experiment-result.js';
export {
  claimVerdictSchema,
  effectSchema,
  VERDICTS,
  type ClaimVerdict,
  type Effect,
  type Verdict,
} from './claim-verdict.js';
