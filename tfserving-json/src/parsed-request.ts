import { textOf } from './byte-text.js';
import { columnarTensors } from './columnar-inputs.js';
import { describeValue } from './describe-value.js';
import { invalid } from './json-request-error.js';
import type { JsonText } from './json-text.js';
import type { PredictRequestBody, PredictTensors } from './predict-request-body.js';
import { signatureNameOf } from './request-object.js';
import { rowTensors } from './row-inputs.js';
import type { InputTypes } from './tensor.js';

/** Any predict request: slower than a scan for plain numbers, but it knows what is wrong. */
export class ParsedRequest implements PredictRequestBody {
  readonly signatureName: string;
  readonly #json: JsonText;

  constructor(json: JsonText) {
    this.#json = json;
    this.signatureName = textOf(signatureNameOf(json));
  }

  tensorsFor(inputs: InputTypes): PredictTensors {
    const json = this.#json;
    if (inputs.size === 0)
      throw invalid(
        `Failed to get input map for signature: ${this.signatureName === '' ? 'DEFAULT' : signatureNameOf(json)}`,
      );
    const instances = json.get(json.root, 'instances');
    const value = json.get(json.root, 'inputs');
    if (instances === undefined) {
      if (value === undefined) throw invalid("Missing 'inputs' or 'instances' key");
      return { format: 'columnar', tensors: columnarTensors(json, value, inputs) };
    }
    if (value !== undefined)
      throw refusal(json, "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist ");
    if (!json.isArray(instances)) throw refusal(json, "Expecting 'instances' to be an list/array");
    if (json.next(instances + 1) === undefined) throw refusal(json, "No values in 'instances' array");
    return { format: 'row', tensors: rowTensors(json, instances, inputs) };
  }
}

function refusal(json: JsonText, text: string): Error {
  return invalid(`JSON Value: ${describeValue(json, json.root)} ${text}`);
}
