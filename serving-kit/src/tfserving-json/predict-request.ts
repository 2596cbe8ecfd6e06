import { textOf } from './byte-text.js';
import { columnarTensors } from './columnar-inputs.js';
import { describeNode } from './describe-node.js';
import { JsonObject, type JsonNode } from './json-node.js';
import { invalid } from './json-request-error.js';
import { parseRequestObject, signatureNameOf } from './request-object.js';
import { readPlainRequest, type PlainRequest } from './plain-request.js';
import { rowTensors } from './row-inputs.js';
import type { InputTypes, JsonTensor, RequestFormat } from './tensor.js';

export interface PredictTensors {
  /** The answer takes the format of the request. */
  readonly format: RequestFormat;
  /** By alias. `undefined` stands for a tensor that TensorFlow cannot parse (more than 254 dimensions). */
  readonly tensors: Map<string, JsonTensor | undefined>;
}

/**
 * The body of a REST predict request. Reading it has two steps, as in TensorFlow Serving (contract 1.5): the JSON itself
 * and the signature's name first, the tensors when model and signature are known.
 */
export interface PredictRequestBody {
  /** '' when the request names none. */
  readonly signatureName: string;
  /** The tensors for the inputs of the signature. Call it at once: the bytes may not be kept. Throws JsonRequestError. */
  tensorsFor(inputs: InputTypes): PredictTensors;
}

/** Reads JSON and signature name. Throws JsonRequestError for what is no JSON, no object or no name. */
export function parsePredictRequest(body: Uint8Array): PredictRequestBody {
  const plain = readPlainRequest(body);
  if (plain === undefined) return new ParsedRequest(parseRequestObject(body));
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
    const { format, numbers } = this.#plain;
    const [input] = inputs;
    const tensor = inputs.size === 1 ? numbers.toTensor(input?.[1].dtype) : undefined;
    numbers.trim();
    if (input === undefined || tensor === undefined)
      return new ParsedRequest(parseRequestObject(this.#body)).tensorsFor(inputs);
    return { format, tensors: new Map([[input[0], tensor]]) };
  }
}

class ParsedRequest implements PredictRequestBody {
  readonly signatureName: string;
  readonly #root: JsonObject;

  constructor(root: JsonObject) {
    this.#root = root;
    this.signatureName = textOf(signatureNameOf(root));
  }

  tensorsFor(inputs: InputTypes): PredictTensors {
    const root = this.#root;
    if (inputs.size === 0)
      throw invalid(
        `Failed to get input map for signature: ${this.signatureName === '' ? 'DEFAULT' : signatureNameOf(root)}`,
      );
    const instances = root.get('instances');
    const value = root.get('inputs');
    if (instances === undefined) {
      if (value === undefined) throw invalid("Missing 'inputs' or 'instances' key");
      return { format: 'columnar', tensors: columnarTensors(value, inputs) };
    }
    if (value !== undefined)
      throw refusal(root, "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist ");
    if (!Array.isArray(instances)) throw refusal(root, "Expecting 'instances' to be an list/array");
    if (instances.length === 0) throw refusal(root, "No values in 'instances' array");
    return { format: 'row', tensors: rowTensors(instances, inputs) };
  }
}

function refusal(node: JsonNode, text: string): Error {
  return invalid(`JSON Value: ${describeNode(node)} ${text}`);
}
