export * from './session/index.js';
export { BoundModel } from './binding/bound-model.js';
export { requireEngine, type Engine } from './provision/require-engine.js';
export type { EngineLibrary } from './provision/engine-library.js';
