import type { TensorValue } from '@serving-study/runtime';
import type { Tensor } from '../../model.js';

type Numbers = Exclude<Tensor['values'], readonly Uint8Array[]>;

/** How the integers of a Tensor, 32 bits wide, become elements of the model's own width. */
const WIDTHS: Record<string, (values: Numbers) => ArrayBufferView> = {
  float: (values) => values,
  int32: (values) => values,
  bool: (values) => values,
  uint8: (values) => Uint8Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
};

export function valueFromTensor({ shape, values }: Tensor, dtype: string | undefined): TensorValue {
  if (Array.isArray(values)) return { dtype: 'string', shape, strings: values as Uint8Array[] };
  const convert = WIDTHS[dtype ?? ''];
  if (convert === undefined) throw new Error(`inputs of type ${dtype ?? 'unknown'} are not supported`);
  const { buffer, byteOffset, byteLength } = convert(values as Numbers);
  return { dtype: dtype as 'float', shape, data: new Uint8Array(buffer, byteOffset, byteLength) };
}

export function tensorFromValue(value: TensorValue): Tensor {
  const { shape, dtype } = value;
  if (value.dtype === 'string') return { shape, values: value.strings };
  // a copy: the elements have to be aligned to their width
  const { buffer } = Uint8Array.from(value.data);
  if (dtype === 'float') return { shape, values: new Float32Array(buffer) };
  if (dtype === 'int32') return { shape, values: new Int32Array(buffer) };
  if (dtype === 'int64') return { shape, values: Float64Array.from(new BigInt64Array(buffer), Number) };
  if (dtype === 'uint8' || dtype === 'bool') return { shape, values: new Uint8Array(buffer) };
  throw new Error(`outputs of type ${dtype} are not supported`);
}
