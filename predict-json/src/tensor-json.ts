import { isUtf8 } from 'node:buffer';
import { ServiceError } from '@serving-study/serving-kit';
import type { InputTensor, NumberType, OutputTensor } from './tensor.js';

/**
 * A tensor out of nested lists. Throws ServiceError (400) for ragged lists and for values that the type does not hold exactly;
 * only decimals are rounded, to the nearest float, as everywhere.
 */
export function tensorFromJson(alias: string, json: unknown, dtype = 'unknown'): InputTensor {
  const shape: number[] = [];
  for (let list = json; Array.isArray(list); list = list[0] as unknown) shape.push(list.length);
  const values = leavesOf(alias, json, shape);
  const wrong = (value: unknown, type: string): never =>
    refuse(`input ${alias}: JSON Value: ${quoted(value)} is not of expected type: ${type}`);
  if (dtype === 'string')
    return { dtype, shape, strings: values.map((value) => bytesFromJson(value) ?? wrong(value, dtype)) };
  if (!isNumberType(dtype))
    return refuse(`input ${alias}: Conversion of JSON Value: ${quoted(values[0])} to type: ${dtype}`);
  const { Elements, element, type = dtype } = NUMBERS[dtype];
  const elements = new Elements(values.length);
  for (let at = 0; at < values.length; at += 1) elements[at] = element(values[at]) ?? wrong(values[at], type);
  return { dtype, shape, data: new Uint8Array(elements.buffer) };
}

/** Level by level, so that memory is taken for what is there: a few short lists could seem the first of a tensor of any size. */
function leavesOf(alias: string, json: unknown, shape: readonly number[]): readonly unknown[] {
  let values: readonly unknown[] = [json];
  for (const [level, size] of shape.entries()) {
    const inside: unknown[] = [];
    for (const list of values) {
      if (!Array.isArray(list) || list.length !== size)
        return refuse(
          `input ${alias}: Encountered ${Array.isArray(list) ? `list at unexpected size: ${list.length}` : 'no list'} at level: ${level} expected size: ${size}`,
        );
      // not list[at]: V8 would first convert each list to one of any values, which takes as long as all else here
      for (let at = 0; at < size; at += 1) inside.push(list.at(at));
    }
    values = inside;
  }
  return values;
}

/** JSON of each row of a tensor; of the only value of a scalar. Throws ServiceError (400) for what JSON cannot hold exactly. */
export function rowsFromTensor(alias: string, tensor: OutputTensor): string[] {
  const { shape } = tensor;
  const textAt = elementTexts(alias, tensor);
  let next = 0;
  const textsOf = (level: number): string[] => {
    const texts: string[] = [];
    for (let entry = 0; entry < (shape[level] ?? 1); entry += 1)
      texts.push(level + 1 < shape.length ? `[${textsOf(level + 1).join()}]` : textAt(next++));
    return texts;
  };
  return textsOf(0);
}

/**
 * Numbers have the shortest digits of the double, which read back as the same float32. NaN and infinities are written as
 * Python and TensorFlow Serving write them; they are not JSON.
 */
function elementTexts(alias: string, tensor: OutputTensor): (at: number) => string {
  if ('strings' in tensor) return (at) => stringText(alias, tensor.strings[at] ?? new Uint8Array());
  const { dtype, shape, data } = tensor;
  if (!isNumberType(dtype)) return refuse(`Failed to write JSON value for tensor type: ${dtype}`);
  const { Elements } = NUMBERS[dtype];
  const elements = new Elements(data.buffer, data.byteOffset, elementCount(shape));
  if (dtype === 'bool') return (at) => String(elements[at] === 1);
  return (at) => numberText(elements[at] ?? 0);
}

function numberText(value: number | bigint): string {
  if (Object.is(value, -0)) return '-0.0';
  const number = Number(value); // V8 writes it three times faster than a bigint
  return String(typeof value === 'bigint' && Number.isSafeInteger(number) ? number : value);
}

function stringText(alias: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (alias.endsWith('_bytes')) return `{"b64":"${text.toString('base64')}"}`;
  if (!isUtf8(bytes)) refuse(`output ${alias} is not UTF-8; an output whose name ends in _bytes is written as base64`);
  return JSON.stringify(text.toString());
}

function bytesFromJson(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? Buffer.from(value) : undefined; // half a character has no UTF-8
  const base64 = base64Of(value);
  return base64 === undefined ? undefined : bytesFromBase64(base64);
}

/** `{"b64": "..."}` is how JSON carries bytes. */
export function base64Of(value: unknown): string | undefined {
  if (!isObject(value) || typeof value['b64'] !== 'string') return undefined;
  return Object.keys(value).length === 1 ? value['b64'] : undefined;
}

/**
 * The standard alphabet, white space anywhere, padding whole or absent. Buffer.from skips what it does not know, and then gives
 * fewer bytes; it knows the alphabet for URLs too.
 */
function bytesFromBase64(text: string): Uint8Array | undefined {
  const padded = text.replaceAll(/[\t-\r ]/g, '');
  const padding = padded.endsWith('==') ? 2 : Number(padded.endsWith('='));
  const digits = padded.length - padding;
  if (digits % 4 === 1 || (padding > 0 && padded.length % 4 !== 0) || padded.includes('-') || padded.includes('_'))
    return undefined;
  const bytes = Buffer.from(padded, 'base64');
  return bytes.length === Math.floor((digits * 3) / 4) ? bytes : undefined;
}

type Elements = ArrayBufferView & Record<number, number | bigint>;

interface Numbers {
  readonly Elements: (new (length: number) => Elements) &
    (new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Elements);
  /** Undefined when the value is not of this type. */
  readonly element: (value: unknown) => number | bigint | undefined;
  /** For messages; default the name of the type. */
  readonly type?: string;
}

/** The types that go into a tensor and out of it. */
const NUMBERS: Readonly<Record<NumberType, Numbers>> = {
  float: { Elements: Float32Array, element: (value) => finite(value, Math.fround) },
  double: { Elements: Float64Array, element: (value) => finite(value, Number) },
  int8: { Elements: Int8Array, ...whole('int8', -128, 127) },
  uint8: { Elements: Uint8Array, ...whole('uint8', 0, 255) },
  int16: { Elements: Int16Array, ...whole('int16', -32_768, 32_767) },
  int32: { Elements: Int32Array, ...whole('int32', -(2 ** 31), 2 ** 31 - 1) },
  uint32: { Elements: Uint32Array, ...whole('uint32', 0, 2 ** 32 - 1) },
  int64: { Elements: BigInt64Array, element: (value) => whole64(value, (integer) => BigInt.asIntN(64, integer)) },
  uint64: { Elements: BigUint64Array, element: (value) => whole64(value, (integer) => BigInt.asUintN(64, integer)) },
  bool: {
    Elements: Uint8Array,
    element: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  },
};

function isNumberType(dtype: string): dtype is NumberType {
  return Object.hasOwn(NUMBERS, dtype);
}

/** 1 for a scalar. */
function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

/** A decimal, rounded as the type rounds it; undefined when it is too large for the type. */
function finite(value: unknown, rounded: (value: number) => number): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const number = rounded(Number(value));
  return Number.isFinite(number) ? number : undefined;
}

function whole(dtype: string, from: number, to: number): Omit<Numbers, 'Elements'> {
  const isOne = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
  return { type: `${dtype} from ${from} to ${to}`, element: (value) => (isOne(value) ? value : undefined) };
}

function whole64(value: unknown, wrapped: (integer: bigint) => bigint): bigint | undefined {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return undefined;
  const integer = BigInt(value as number | bigint);
  return wrapped(integer) === integer ? integer : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as it stands in an error text: cut, and without its inside, because a megabyte of pixels helps nobody. */
export function quoted(value: unknown): string {
  if (Array.isArray(value)) return '[...]';
  if (isObject(value)) return '{...}';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 256)) : String(value);
}

export function refuse(text: string): never {
  throw new ServiceError(400, text);
}
