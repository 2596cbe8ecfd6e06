export { MOST_REQUESTS, type GoldenOutput, type GoldenSet, type PreparedRequest, type Tolerance } from './golden.js';
export { goldenSet } from './golden-set.js';
export { floatGolden, type FloatCases } from './float-golden.js';
export { columnsText, rowsText } from './json-tensors.js';
export { prepareAnswer } from './prepare-answer.js';
export { predictRequestBytes } from './tensor-proto.js';
export {
  elementCount,
  elementsOf,
  floatTensor,
  type Element,
  type NumericTensor,
  type Tensor,
  type Tensors,
} from './tensor.js';
