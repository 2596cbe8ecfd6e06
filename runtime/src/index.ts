export { readMetaGraph, requireSignature, type MetaGraph, type Signature, type SignatureTensor } from './signature.js';
export {
  ELEMENT_BYTES,
  elementCount,
  type NumericTensor,
  type NumericType,
  type StringTensor,
  type TensorValue,
} from './tensor-value.js';
export { ERROR_CODES, TensorFlowError, type ErrorCode } from './tensorflow-error.js';
export { SavedModel, type LoadOptions, type RunOptions } from './session/saved-model.js';
export { openLibrary } from './session/c-api.js';
export { BINDING_FILE, NAPI_VERSION, bindingPackage, type BindingPackage } from './binding/binding-package.js';
export { BoundModel } from './binding/bound-model.js';
export { cacheLayout, type CacheLayout } from './engine/cache-layout.js';
export { ENGINE_RECORD, type EngineRecord } from './engine/engine-record.js';
export { findEngine, requireEngine, type Engine } from './engine/require-engine.js';
export type { EngineLibrary } from './engine/engine-library.js';
