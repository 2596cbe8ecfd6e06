export * from './session/index.js';
export type { EngineLibrary } from './provision/engine-library.js';
