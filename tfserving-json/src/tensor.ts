/** Little-endian, row-major elements of a fixed size: the shape that runtime's tensors have. */
export interface JsonNumericTensor {
  readonly dtype: NumericTypeName;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface JsonStringTensor {
  readonly dtype: 'string';
  readonly shape: readonly number[];
  readonly strings: readonly Uint8Array[];
}

export type JsonTensor = JsonNumericTensor | JsonStringTensor;

/** Bytes of one element. */
export const NUMERIC_TYPES = {
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
} as const;

export type NumericTypeName = keyof typeof NUMERIC_TYPES;

export function isNumericType(dtype: string): dtype is NumericTypeName {
  return Object.hasOwn(NUMERIC_TYPES, dtype);
}

/** Inputs of a signature by alias; only the dtype matters here, shapes are never checked. */
export type InputTypes = ReadonlyMap<string, { readonly dtype: string | undefined }>;

/** TensorFlow's own limit; a tensor of more dimensions is refused when it is parsed, after all other checks. */
export const LARGEST_RANK = 254;

/** Numbers of one tensor in JSON: each takes up to 16 bytes while it is read, and may stand in 2 bytes. */
export const MOST_VALUES = 2 ** 24;

export type RequestFormat = 'row' | 'columnar';
