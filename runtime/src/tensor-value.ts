import type { DataTypeName } from '@serving-study/protos';
import { TensorFlowError } from './tensorflow-error.js';

/** Bytes of one element, for the types whose elements have a fixed size. */
export const ELEMENT_BYTES = {
  float: 4,
  double: 8,
  int32: 4,
  uint8: 1,
  int16: 2,
  int8: 1,
  complex64: 8,
  int64: 8,
  bool: 1,
  qint8: 1,
  quint8: 1,
  qint32: 4,
  bfloat16: 2,
  qint16: 2,
  quint16: 2,
  uint16: 2,
  complex128: 16,
  half: 2,
  uint32: 4,
  uint64: 8,
  float8_e5m2: 1,
  float8_e4m3fn: 1,
  float8_e4m3fnuz: 1,
  float8_e4m3b11fnuz: 1,
  float8_e5m2fnuz: 1,
  int4: 1,
  uint4: 1,
  int2: 1,
  uint2: 1,
  float4_e2m1fn: 1,
} as const satisfies Partial<Record<DataTypeName, number>>;

export type NumericType = keyof typeof ELEMENT_BYTES;

/** A tensor whose elements have a fixed size: `data` is little-endian and row-major, as TensorProto.tensor_content. */
export interface NumericTensor {
  readonly dtype: NumericType;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A tensor of byte strings, row-major. */
export interface StringTensor {
  readonly dtype: 'string';
  readonly shape: readonly number[];
  readonly strings: readonly Uint8Array[];
}

export type TensorValue = NumericTensor | StringTensor;

/** Number of elements of a shape: 1 for `[]` (a scalar). */
export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** TensorFlow's own limit. It ends the process when a shape has more dimensions. */
const MAX_RANK = 254;

/** Throws INVALID_ARGUMENT when TensorFlow could not hold the shape, or when the bytes or strings given do not fill it. */
export function requireWhole(value: TensorValue): void {
  const { dtype, shape } = value;
  const refuse = (why: string): never => {
    throw new TensorFlowError('INVALID_ARGUMENT', why);
  };
  if (shape.length > MAX_RANK) refuse(`a tensor has ${MAX_RANK} dimensions at most, not ${shape.length}`);
  const what = `a ${dtype} tensor of shape [${shape.join(',')}]`;
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    refuse(`${what} cannot be: sizes are whole numbers from 0`);
  const [unit, wanted, got] =
    value.dtype === 'string'
      ? (['strings', elementCount(shape), value.strings.length] as const)
      : (['bytes', elementCount(shape) * ELEMENT_BYTES[value.dtype], value.data.length] as const);
  if (got !== wanted) refuse(`${what} needs ${wanted} ${unit}, got ${got}`);
}
