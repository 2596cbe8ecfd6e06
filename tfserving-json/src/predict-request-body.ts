import type { InputTypes, JsonTensor, RequestFormat } from './tensor.js';

export interface PredictTensors {
  /** The answer takes the format of the request. */
  readonly format: RequestFormat;
  /** By alias. `undefined` stands for a tensor that TensorFlow cannot parse (more than 254 dimensions). */
  readonly tensors: Map<string, JsonTensor | undefined>;
}

/**
 * The body of a REST predict request. Reading it has two steps, as in TensorFlow Serving: the JSON itself
 * and the signature's name first, the tensors when model and signature are known.
 */
export interface PredictRequestBody {
  /** '' when the request names none. */
  readonly signatureName: string;
  /** The tensors for the inputs of the signature. Fastest before the next request is parsed. Throws JsonRequestError. */
  tensorsFor(inputs: InputTypes): PredictTensors;
}
