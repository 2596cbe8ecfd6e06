import { dataTypeName, dataTypeNumber } from '@serving-study/protos';
import type { CApi, Pointer } from './c-api.js';
import { readStrings, TSTRING_BYTES, writeStrings } from './string-tensor.js';
import { ELEMENT_BYTES, elementCount, requireWhole, type NumericType, type TensorValue } from '../tensor-value.js';
import { TensorFlowError } from '../tensorflow-error.js';

const TYPE_NUMBERS = new Map(
  [...Object.keys(ELEMENT_BYTES), 'string'].map((name) => [name, dataTypeNumber(name as NumericType)]),
);

/**
 * Takes native memory for a tensor, which `fillNative` copies into (one copy, into TensorFlow's own aligned allocation). The
 * caller frees it. Throws INVALID_ARGUMENT when the bytes or strings given do not fill the shape.
 */
export function nativeFor(api: CApi, value: TensorValue): Pointer {
  requireWhole(value);
  const bytes = value.dtype === 'string' ? value.strings.length * TSTRING_BYTES : value.data.length;
  const tensor = api.allocateTensor(
    TYPE_NUMBERS.get(value.dtype)!,
    BigInt64Array.from(value.shape, BigInt),
    value.shape.length,
    bytes,
  );
  if (tensor === 0)
    throw new TensorFlowError('RESOURCE_EXHAUSTED', `TensorFlow could not allocate ${bytes} bytes for a tensor`);
  return tensor;
}

/** A promise when there are very many strings. */
export function fillNative(api: CApi, tensor: Pointer, value: TensorValue): void | Promise<void> {
  if (value.dtype === 'string') return writeStrings(api, api.tensorData(tensor), value.strings);
  if (value.data.length > 0) api.copyIn(api.tensorData(tensor), value.data, value.data.length);
}

/**
 * Copies a tensor out of native memory. Throws UNIMPLEMENTED for types that have no bytes of their own (resource, variant). A
 * promise when there are very many strings.
 */
export function valueFromNative(api: CApi, tensor: Pointer): TensorValue | Promise<TensorValue> {
  const number = api.tensorType(tensor);
  const dtype = dataTypeName(number);
  const shape = Array.from({ length: api.rank(tensor) }, (_, index) => api.dim(tensor, index));
  if (dtype === 'string') {
    const strings = readStrings(api, api.tensorData(tensor), elementCount(shape));
    return strings instanceof Promise
      ? strings.then((read) => ({ dtype, shape, strings: read }))
      : { dtype, shape, strings };
  }
  if (dtype === undefined || !(dtype in ELEMENT_BYTES))
    throw new TensorFlowError('UNIMPLEMENTED', `a tensor of type ${dtype ?? number} cannot be read`);
  const data = new Uint8Array(api.tensorBytes(tensor));
  if (data.length > 0) api.copyOut(data, api.tensorData(tensor), data.length);
  return { dtype: dtype as NumericType, shape, data };
}
