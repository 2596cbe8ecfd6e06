import { bytesOf } from './byte-text.js';
import { Elements } from './elements.js';
import { fillElements, nestingShape } from './fill-tensor.js';
import { isPlainObject, type JsonNode } from './json-node.js';
import { invalid } from './json-request-error.js';
import { LARGEST_RANK, type InputTypes, type JsonTensor } from './tensor.js';

/** The tensors of a request in the columnar format: the value of `inputs`. Throws JsonRequestError. */
export function columnarTensors(value: JsonNode, inputs: InputTypes): Map<string, JsonTensor | undefined> {
  const tensors = new Map<string, JsonTensor | undefined>();
  if (!isPlainObject(value) && inputs.size > 1)
    throw invalid(
      'inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map',
    );
  for (const [alias, { dtype }] of inputs) {
    const item = isPlainObject(value) ? value.get(bytesOf(alias)) : value;
    if (item === undefined) throw invalid(`Missing named input: ${bytesOf(alias)} in 'inputs' object.`);
    const shape = nestingShape(item);
    const elements = new Elements(dtype);
    fillElements(item, shape, elements);
    tensors.set(alias, shape.length > LARGEST_RANK ? undefined : elements.toTensor(shape));
  }
  return tensors;
}
