import type { NumericTensor, TensorValue } from '../tensor-value.js';

/** A float vector, or a scalar for one number without a shape. For tests. */
export const floats = (values: readonly number[], shape: readonly number[] = [values.length]): NumericTensor => ({
  dtype: 'float',
  shape,
  data: new Uint8Array(Float32Array.from(values).buffer),
});

export const int64Scalar = (value: bigint): NumericTensor => ({
  dtype: 'int64',
  shape: [],
  data: new Uint8Array(BigInt64Array.of(value).buffer),
});

/** The numbers of a float tensor. */
export function numbersOf(tensor: TensorValue | undefined): number[] {
  if (tensor?.dtype !== 'float') throw new Error(`expected a float tensor, got ${tensor?.dtype ?? 'none'}`);
  return [...new Float32Array(Uint8Array.from(tensor.data).buffer)];
}
