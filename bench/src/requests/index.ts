export { MOST_REQUESTS, type GoldenOutput, type GoldenSet, type PreparedRequest, type Tolerance } from './golden.js';
export { goldenSet } from './golden-set.js';
export { floatGolden, type FloatCases } from './float-golden.js';
export { prepareAnswer } from './prepare-answer.js';
export { requestBytes } from './request-bytes.js';
export {
  elementCount,
  elementsOf,
  floatTensor,
  inTurn,
  joined,
  type Element,
  type NumericTensor,
  type Tensor,
  type Tensors,
} from './tensor.js';
