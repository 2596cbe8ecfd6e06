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

/**
 * The elements in row-major order: floating numbers as numbers, integers and truth values as bigints, strings as bytes; complex
 * numbers as two numbers each. Throws for types that have no elements of their own (resource, variant).
 */
export function elementsOf(tensor: Tensor): ArrayLike<Element> {
  if (tensor.dtype === 'string') return tensor.strings;
  // A copy: the data may begin at an address that a typed array cannot.
  const bytes = Uint8Array.from(tensor.data);
  const { buffer } = bytes;
  switch (tensor.dtype) {
    case 'float':
    case 'complex64':
      return new Float32Array(buffer);
    case 'double':
    case 'complex128':
      return new Float64Array(buffer);
    case 'half':
      return Array.from(new Uint16Array(buffer), halfValue);
    case 'bfloat16':
      return Array.from(new Uint16Array(buffer), bfloat16Value);
    case 'int64':
      return new BigInt64Array(buffer);
    case 'uint64':
      return new BigUint64Array(buffer);
    default:
      return Array.from(integersOf(tensor.dtype, bytes), BigInt);
  }
}

function integersOf(dtype: string, bytes: Uint8Array<ArrayBuffer>): ArrayLike<number> {
  const { buffer } = bytes;
  switch (dtype) {
    case 'int32':
    case 'qint32':
      return new Int32Array(buffer);
    case 'uint32':
      return new Uint32Array(buffer);
    case 'int16':
    case 'qint16':
      return new Int16Array(buffer);
    case 'uint16':
    case 'quint16':
      return new Uint16Array(buffer);
    case 'int8':
    case 'qint8':
      return new Int8Array(buffer);
    case 'uint8':
    case 'quint8':
    case 'bool':
      return bytes;
    default:
      throw new Error(`a tensor of type ${dtype} cannot be read`);
  }
}

/** IEEE 754 binary16. */
export function halfValue(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
export function bfloat16Value(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0] ?? Number.NaN;
}
