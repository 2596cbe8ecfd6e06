/**
 * TensorFlow Serving's JSON of predict requests and answers, the plain way: JSON.parse, nested lists to tensors and back. Both
 * services of the pair read and write it so. Exact or refused, not byte for byte: that is tfserving-json.
 */
export { parseJson, requireModestJson } from './parse-json.js';
export { answerByRow, answerWhole, inputTensors, predictRequest, type PredictRequest } from './predict-json.js';
export type { InputTensor, OutputTensor } from './tensor.js';
