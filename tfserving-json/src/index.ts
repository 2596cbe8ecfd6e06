/**
 * TensorFlow Serving's REST JSON, exact to the byte: requests to tensors, tensors to answers, and its error texts. Pure:
 * no HTTP, no TensorFlow. What it has to give was recorded from a real server: docs/conformance.md.
 */
export { answerWork, type Outcome } from './thread/answer-work.js';
export { packed, unpacked, type PackedStrings } from './thread/packed-strings.js';
export { memoryOf, owned, packedTensor, unpackedTensor, type PackedTensor } from './thread/packed-tensor.js';
export { ThreadedJson, isLarge, sizeOf } from './thread/threaded-json.js';
export { WorkThread } from './thread/work-thread.js';
export { textOf } from './byte-text.js';
export { classifyResponseBody, regressResponseBody } from './result-responses.js';
export { errorResponseBody } from './error-body.js';
export { JsonRequestError } from './json-request-error.js';
export { metadataResponseBody } from './metadata-response.js';
export { parseExamplesRequest, type ExamplesRequest } from './examples-request.js';
export { parsePredictRequest } from './predict-request.js';
export type { PredictTensors } from './predict-request-body.js';
export { predictResponseBody } from './predict-response.js';
export { statusResponseBody, type VersionState } from './status-response.js';
export type { MessageJson } from './message-json.js';
export type { OutputTensor } from './tensor-values.js';
export type { InputTypes, JsonNumericTensor, JsonStringTensor, JsonTensor, RequestFormat } from './tensor.js';
