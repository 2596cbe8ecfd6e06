/** Drives load on a schedule and writes samples; judges nothing but whether each answer is right. */
export type { Generator, TrialHooks } from './generator.js';
export { startGenerator, type GeneratorOptions, type LocalGenerator } from './start-generator.js';
export type { ExpectedAnswer, OfferedLoad, PreparedRequest, Target, TrialSpec } from './trial-spec.js';
export { connectGenerators } from './remote/generators-together.js';
export { serveGenerator } from './remote/serve-generator.js';
export type { TrialOutcome } from './trial-outcome.js';
export { runClosedLoop } from './closed-loop.js';
export { startInstantServer } from './floor/start-instant-server.js';
export { measureFloors } from './floor/measure-floors.js';
export type { FloorKind } from './floor/floor-kind.js';
export { startDelayProxy, type DelayProxyOptions } from './delay-proxy/delay-proxy.js';
export type { Answer } from './answers/answer.js';
export { compareAnswer, DEFAULT_TOLERANCE } from './answers/compare-answer.js';
export { readGrpcAnswer } from './answers/grpc-answer.js';
export { readRestAnswer } from './answers/rest-answer.js';
export {
  inputOrder,
  interleave,
  groupSeed,
  pairSeeds,
  scheduleArrivals,
  type ArrivalPattern,
  type PlannedTrial,
} from './schedule/index.js';
