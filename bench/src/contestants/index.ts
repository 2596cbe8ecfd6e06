export { CATALOGUE, contestantById } from './catalogue.js';
export { grpcAddress, restAddress } from './address.js';
export { allowedCpus, cpuList, cpuShares, generatorPinning } from './cpu-shares.js';
export type { ContestantDefinition } from './definition.js';
export { startEngineLoop, type EngineLoop } from './engine-loop.js';
export {
  launchKey,
  launchOf,
  type EngineMeasurement,
  type EngineRunner,
  type Launch,
  type RunningInstance,
} from './instance.js';
export { startFleet, type Fleet } from './fleet.js';
export { limits } from './limits.js';
export { whatIsWrong } from './what-is-wrong.js';
export { whyNoMemoryLimit } from '../process/index.js';
export { modelsNotServed, parseTargets, targetFleet } from './target-fleet.js';
export { getText } from './serving/start-serving.js';
export { findServing, type ServingOptions } from './serving/find-serving.js';
export { recognise } from './serving/recognise.js';
export type { Serving } from './serving/serving-process.js';
export { BATCHING, GRPC_THREADS, REST_THREADS } from './serving/serving-config.js';
