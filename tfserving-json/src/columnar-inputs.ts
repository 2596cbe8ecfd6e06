import { bytesOf } from './byte-text.js';
import { Elements } from './elements.js';
import { fillElements, nestingShape } from './fill-tensor.js';
import { invalid } from './json-request-error.js';
import type { JsonText } from './json-text.js';
import { LARGEST_RANK, type InputTypes, type JsonTensor } from './tensor.js';

/** The tensors of a request in the columnar format: the value of `inputs`, by its index. Throws JsonRequestError. */
export function columnarTensors(
  json: JsonText,
  value: number,
  inputs: InputTypes,
): Map<string, JsonTensor | undefined> {
  const tensors = new Map<string, JsonTensor | undefined>();
  const isByName = json.isPlainObject(value);
  if (!isByName && inputs.size > 1)
    throw invalid(
      'inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map',
    );
  for (const [alias, { dtype }] of inputs) {
    const item = isByName ? json.get(value, bytesOf(alias)) : value;
    if (item === undefined) throw invalid(`Missing named input: ${bytesOf(alias)} in 'inputs' object.`);
    const shape = nestingShape(json, item);
    const elements = new Elements(dtype);
    fillElements(json, item, shape, elements);
    tensors.set(alias, shape.length > LARGEST_RANK ? undefined : elements.toTensor(shape));
  }
  return tensors;
}
