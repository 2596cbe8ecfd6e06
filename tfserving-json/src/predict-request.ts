import { bytesOf, textOf } from './byte-text.js';
import { ParsedRequest } from './parsed-request.js';
import { requestObject } from './request-object.js';
import { readPlainRequest, type PlainRequest } from './plain-request.js';
import type { PredictRequestBody, PredictTensors } from './predict-request-body.js';
import type { InputTypes } from './tensor.js';

/** Reads JSON and signature name. Throws JsonRequestError for what is no JSON, no object or no name. */
export function parsePredictRequest(body: Uint8Array): PredictRequestBody {
  const plain = readPlainRequest(body);
  if (plain === undefined) return new ParsedRequest(requestObject(body));
  return new ScannedRequest(body, plain);
}

class ScannedRequest implements PredictRequestBody {
  readonly signatureName: string;
  readonly #body: Uint8Array;
  readonly #plain: PlainRequest;

  constructor(body: Uint8Array, plain: PlainRequest) {
    this.#body = body;
    this.#plain = plain;
    this.signatureName = textOf(plain.signatureName);
  }

  tensorsFor(inputs: InputTypes): PredictTensors {
    const { format, alias } = this.#plain;
    const [input] = inputs;
    if (input !== undefined && inputs.size === 1 && (alias === undefined || alias === bytesOf(input[0]))) {
      const tensor = this.#plain.toTensor(input[1].dtype);
      if (tensor !== undefined) return { format, tensors: new Map([[input[0], tensor]]) };
    }
    return new ParsedRequest(requestObject(this.#body)).tensorsFor(inputs);
  }
}
