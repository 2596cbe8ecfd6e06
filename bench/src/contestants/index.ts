export { freePort } from './free-port.js';
export { CATALOGUE, contestantById } from './catalogue.js';
export type { ContestantDefinition } from './definition.js';
export type { EngineRunner, Launch, RunningInstance } from './instance.js';
export { startFleet, type Fleet } from './fleet.js';
export { parseTargets, targetFleet } from './target-fleet.js';
export { findServing } from './serving/find-serving.js';
export type { Serving } from './serving/serving-process.js';
export { GRPC_THREADS, REST_THREADS } from './serving/serving-config.js';
