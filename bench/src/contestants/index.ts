export { CATALOGUE, contestantById } from './catalogue.js';
export type { ContestantDefinition, StartContext } from './definition.js';
export type { EngineMeasurement, EngineRunner, Launch, RunningInstance, Target } from './instance.js';
export { startFleet, type Fleet } from './fleet.js';
export { findServing, type ServingOptions } from './serving/find-serving.js';
export type { Serving } from './serving/serving-process.js';
