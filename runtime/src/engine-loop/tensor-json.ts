import type { NumericType, TensorValue } from '../tensor-value.js';

/** A tensor between two processes: its bytes, or each of its strings, in base64. */
export type TensorJson =
  | { readonly dtype: NumericType; readonly shape: number[]; readonly data: string }
  | { readonly dtype: 'string'; readonly shape: number[]; readonly strings: string[] };

export function tensorFromJson(json: TensorJson): TensorValue {
  const { shape } = json;
  if (json.dtype === 'string')
    return { dtype: json.dtype, shape, strings: json.strings.map((text) => Buffer.from(text, 'base64')) };
  return { dtype: json.dtype, shape, data: Buffer.from(json.data, 'base64') };
}

export function tensorToJson(value: TensorValue): TensorJson {
  const shape = [...value.shape];
  if (value.dtype === 'string')
    return { dtype: value.dtype, shape, strings: value.strings.map((text) => Buffer.from(text).toString('base64')) };
  return { dtype: value.dtype, shape, data: Buffer.from(value.data).toString('base64') };
}

/** Whether both have the same type, shape and bytes. */
export function sameTensor(one: TensorValue, other: TensorValue): boolean {
  if (one.dtype !== other.dtype || one.shape.join() !== other.shape.join()) return false;
  if (one.dtype === 'string' || other.dtype === 'string')
    return (
      'strings' in one &&
      'strings' in other &&
      one.strings.every((text, at) => Buffer.compare(text, other.strings[at] ?? Buffer.alloc(0)) === 0)
    );
  return Buffer.compare(one.data, other.data) === 0;
}
