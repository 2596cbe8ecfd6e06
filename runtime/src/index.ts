export * from './session/index.js';
export { openLibrary } from './session/c-api.js';
export { BINDING_FILE, NAPI_VERSION, bindingPackage, type BindingPackage } from './binding/binding-package.js';
export { BoundModel } from './binding/bound-model.js';
export { cacheLayout, type CacheLayout } from './engine/cache-layout.js';
export { ENGINE_RECORD, type EngineRecord } from './engine/engine-record.js';
export { findEngine, requireEngine, type Engine } from './engine/require-engine.js';
export type { EngineLibrary } from './engine/engine-library.js';
