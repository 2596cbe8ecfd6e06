export { MOST_REQUESTS, type GoldenOutput, type GoldenSet, type PreparedRequest, type Tolerance } from './golden.js';
export { formatFor, goldenSet, rowsOf, type AnsweredRequest } from './golden-set.js';
export { floatGolden, type FloatCases } from './float-golden.js';
export { prepareAnswer } from './prepare-answer.js';
export {
  ELEMENT_TYPES,
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
