import { textOf } from './byte-text.js';
import { columnarTensors } from './columnar-inputs.js';
import { describeNode } from './describe-node.js';
import type { JsonNode, JsonObject } from './json-node.js';
import { invalid } from './json-request-error.js';
import type { PredictRequestBody, PredictTensors } from './predict-request-body.js';
import { signatureNameOf } from './request-object.js';
import { rowTensors } from './row-inputs.js';
import type { InputTypes } from './tensor.js';

/** Any predict request, from its parsed JSON: slower than a scan of the bytes, but it knows what is wrong. */
export class ParsedRequest implements PredictRequestBody {
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
