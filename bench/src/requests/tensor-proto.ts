import { dataTypeNumber, loadMessages } from '@serving-study/protos';
import { ELEMENT_TYPES, elementsOf, type Tensor, type Tensors } from './tensor.js';

/** Types that are sent as bytes either way: there is no single number for an element. */
const BYTES_ONLY: ReadonlySet<string> = new Set(['half', 'bfloat16', 'complex64', 'complex128']);

export interface PredictRequestParts {
  readonly model: string;
  readonly version: number;
  readonly signature: string;
  readonly inputs: Tensors;
  /** float-val: each element in the typed field, where the type has one of its own. */
  readonly form: 'tensor-content' | 'float-val';
}

/** An encoded tensorflow.serving.PredictRequest. */
export function predictRequestBytes({ model, version, signature, inputs, form }: PredictRequestParts): Buffer {
  const type = loadMessages().lookupType('tensorflow.serving.PredictRequest');
  const message = type.fromObject({
    model_spec: { name: model, version: { value: version }, signature_name: signature },
    inputs: messagesOf(inputs, form),
  });
  return Buffer.from(type.encode(message).finish());
}

/** An encoded tensorflow.serving.PredictResponse with typed fields, as TensorFlow Serving sends it. */
export function predictResponseBytes(outputs: Tensors): Buffer {
  const type = loadMessages().lookupType('tensorflow.serving.PredictResponse');
  return Buffer.from(type.encode(type.fromObject({ outputs: messagesOf(outputs, 'float-val') })).finish());
}

function messagesOf(tensors: Tensors, form: PredictRequestParts['form']): object {
  return Object.fromEntries([...tensors].map(([alias, tensor]) => [alias, messageOf(tensor, form)]));
}

function messageOf(tensor: Tensor, form: PredictRequestParts['form']): object {
  const head = {
    dtype: dataTypeNumber(tensor.dtype),
    tensor_shape: { dim: tensor.shape.map((size) => ({ size })) },
  };
  if (tensor.dtype === 'string') return { ...head, string_val: tensor.strings };
  const { field } = ELEMENT_TYPES[tensor.dtype] ?? {};
  if (form !== 'float-val' || field === undefined || BYTES_ONLY.has(tensor.dtype))
    return { ...head, tensor_content: tensor.data };
  // As decimal text 64-bit integers keep every digit.
  const values = Array.from(elementsOf(tensor), (value) => (typeof value === 'bigint' ? String(value) : value));
  return { ...head, [field]: tensor.dtype === 'bool' ? values.map((value) => value === '1') : values };
}
