import type { DataTypeName } from '@serving-study/protos';

export interface NumericTensor {
  readonly dtype: Exclude<DataTypeName, 'string'>;
  readonly shape: readonly number[];
  /** Little-endian, row-major, as TensorProto.tensor_content. */
  readonly data: Uint8Array;
}

/** A tensor of any type that a request or an answer can carry. */
export type Tensor =
  | NumericTensor
  | { readonly dtype: 'string'; readonly shape: readonly number[]; readonly strings: readonly Uint8Array[] };

/** Tensors by the aliases of a signature. */
export type Tensors = ReadonlyMap<string, Tensor>;

/** What stands at one place of a tensor; truth values are 0n and 1n. */
export type Element = number | bigint | Uint8Array;

export function floatTensor(values: Float32Array, shape: readonly number[]): NumericTensor {
  return { dtype: 'float', shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** So many of these, from the one at `first` on, and from the start again when they run out. */
export function inTurn<T>(all: readonly T[], first: number, count: number): T[] {
  return Array.from({ length: count }, (_, offset) => all[(first + offset) % all.length]).filter(
    (each) => each !== undefined,
  );
}

/** One request with the instances of several, which have one each. */
export function joined(requests: readonly Tensors[]): Tensors {
  const aliases = [...(requests[0]?.keys() ?? [])];
  return new Map(aliases.map((alias) => [alias, concatenated(requests.flatMap((inputs) => inputs.get(alias) ?? []))]));
}

function concatenated(tensors: readonly Tensor[]): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new Error('there is nothing to join');
  const shape = [tensors.length, ...first.shape.slice(1)];
  if (first.dtype === 'string')
    return {
      dtype: 'string',
      shape,
      strings: tensors.flatMap((each) => (each.dtype === 'string' ? each.strings : [])),
    };
  const data = Buffer.concat(tensors.flatMap((each) => (each.dtype === 'string' ? [] : [each.data])));
  return { dtype: first.dtype, shape, data };
}

/** Number of elements: 1 for `[]` (a scalar). */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** How the elements of a type are carried. */
interface ElementType {
  /** As bytes: complex numbers as two each. */
  readonly array?: {
    new (bytes: ArrayBuffer): ArrayLike<number | bigint>;
    from(elements: ArrayLike<number | bigint>): { readonly buffer: ArrayBuffer };
  };
  /** The field of a TensorProto that holds them one by one. */
  readonly field?: string;
  /** What stands for one; default: itself. */
  readonly element?: (value: Carried) => Element;
}

/** A 64-bit integer may come as an object that tells its digits. */
type Carried = number | bigint | { toString(): string };

const whole = (value: Carried): bigint => BigInt(typeof value === 'object' ? value.toString() : value);
const half = (value: Carried): number => halfValue(Number(value));
const bfloat16 = (value: Carried): number => bfloat16Value(Number(value));

export const ELEMENT_TYPES: Readonly<Partial<Record<DataTypeName, ElementType>>> = {
  float: { array: Float32Array, field: 'float_val' },
  double: { array: Float64Array, field: 'double_val' },
  half: { array: Uint16Array, field: 'half_val', element: half },
  bfloat16: { array: Uint16Array, field: 'half_val', element: bfloat16 },
  complex64: { array: Float32Array, field: 'scomplex_val' },
  complex128: { array: Float64Array, field: 'dcomplex_val' },
  int64: { array: BigInt64Array, field: 'int64_val', element: whole },
  int32: { array: Int32Array, field: 'int_val', element: whole },
  int16: { array: Int16Array, field: 'int_val', element: whole },
  int8: { array: Int8Array, field: 'int_val', element: whole },
  uint64: { array: BigUint64Array, field: 'uint64_val', element: whole },
  uint32: { array: Uint32Array, field: 'uint32_val', element: whole },
  uint16: { array: Uint16Array, field: 'int_val', element: whole },
  uint8: { array: Uint8Array, field: 'int_val', element: whole },
  qint32: { array: Int32Array, element: whole },
  qint16: { array: Int16Array, element: whole },
  qint8: { array: Int8Array, element: whole },
  quint16: { array: Uint16Array, element: whole },
  quint8: { array: Uint8Array, element: whole },
  bool: { array: Uint8Array, field: 'bool_val', element: whole },
  string: { field: 'string_val' },
};

/**
 * The elements in row-major order: floating numbers as numbers, integers and truth values as bigints, strings as bytes; complex
 * numbers as two numbers each. Throws for types that have no elements of their own (resource, variant).
 */
export function elementsOf(tensor: Tensor): ArrayLike<Element> {
  if (tensor.dtype === 'string') return tensor.strings;
  const { array: Elements, element } = ELEMENT_TYPES[tensor.dtype] ?? {};
  if (Elements === undefined) throw new Error(`a tensor of type ${tensor.dtype} cannot be read`);
  // A copy: the data may begin at an address that a typed array cannot.
  const values = new Elements(Uint8Array.from(tensor.data).buffer);
  return element === undefined ? values : Array.from(values, element);
}

/** IEEE 754 binary16. */
function halfValue(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
function bfloat16Value(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0] ?? Number.NaN;
}
