export { SavedModel, type LoadOptions, type RunOptions } from './saved-model.js';
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
