export * from './session/index.js';
export { BoundModel } from './binding/bound-model.js';
export { loadBinding } from './binding/load-binding.js';
export { requireEngine, type Engine } from './provision/require-engine.js';
export type { EngineLibrary } from './provision/engine-library.js';
