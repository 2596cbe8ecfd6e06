import { bytesFromBase64 } from './base64.js';
import { describeValue } from './describe-value.js';
import { flushedFloat } from './flushed-float.js';
import { invalid, JsonRequestError } from './json-request-error.js';
import { JsonDouble, type JsonText } from './json-text.js';
import { isNumericType, MOST_VALUES, NUMERIC_TYPES, type JsonTensor, type NumericTypeName } from './tensor.js';

const INT32 = { least: -2147483648, greatest: 2147483647 };
/** Strings of one tensor: each takes about a hundred bytes beside its own. */
const MOST_STRINGS = 2 ** 18;
const FIRST_VALUES = 16;
const BLOCK_VALUES = 64 * 1024;

type Values = NonNullable<ReturnType<typeof typedArray>>;

/** The values of one tensor while it is put together; which JSON values it takes depends on its type. */
export class Elements {
  readonly dtype: string;
  /** Full ones, of the tensor's own type: growing costs no copy, and no value costs more than in the tensor. */
  readonly #blocks: Values[] = [];
  #block: Values | undefined;
  #used = 0;
  /** Values of the blocks that are full. */
  #count = 0;
  readonly #strings: Uint8Array[] = [];

  constructor(dtype: string | undefined) {
    this.dtype = dtype ?? 'INVALID';
  }

  /** Takes one value that is not a list; `json.end` is behind it then. Throws JsonRequestError when it does not fit the type. */
  add(json: JsonText, at: number): void {
    const { dtype } = this;
    if (json.isObject(at) && dtype !== 'string') throw this.#typeError(json, at);
    switch (dtype) {
      case 'float':
        this.#push(flushedFloat(this.#number(json, at)));
        break;
      case 'double':
        this.#push(this.#number(json, at));
        break;
      case 'int32':
      case 'int16':
      case 'int8':
      case 'uint8':
        this.#push(this.#integer(json, at, INT32.least, INT32.greatest));
        break;
      case 'uint32':
        this.#push(this.#integer(json, at, 0, 4294967295));
        break;
      case 'int64':
        this.#push(this.#int64(json, at));
        break;
      case 'uint64':
        this.#push(this.#uint64(json, at));
        break;
      case 'bool': {
        const value = json.scalar(at);
        if (typeof value !== 'boolean') throw this.#typeError(json, at);
        this.#push(value ? 1 : 0);
        break;
      }
      case 'string':
        if (this.#strings.length === MOST_STRINGS) throw invalid(`An input has more than ${MOST_STRINGS} strings`);
        this.#strings.push(this.#bytes(json, at));
        break;
      default:
        throw new JsonRequestError(
          'UNIMPLEMENTED',
          `Conversion of JSON Value: ${describeValue(json, at)} to type: ${dtype}`,
        );
    }
  }

  /** The first values as a tensor of that shape; undefined for types that tensors of this kind cannot have. Once. */
  toTensor(shape: readonly number[]): JsonTensor | undefined {
    const count = shape.reduce((product, size) => product * size, 1);
    const { dtype } = this;
    if (dtype === 'string') return { dtype, shape, strings: this.#strings.slice(0, count) };
    if (!isNumericType(dtype)) return undefined;
    return { dtype, shape, data: this.#data(dtype, count) };
  }

  #push(value: number | bigint): void {
    let block = this.#block;
    if (block === undefined || this.#used === block.length) {
      this.#count += this.#used;
      if (this.#count >= MOST_VALUES) throw invalid(`An input has more than ${MOST_VALUES} values`);
      if (block !== undefined) this.#blocks.push(block);
      block = typedArray(this.dtype, block === undefined ? FIRST_VALUES : Math.min(block.length * 4, BLOCK_VALUES));
      this.#block = block;
      this.#used = 0;
    }
    (block as Record<number, number | bigint>)[this.#used++] = value;
  }

  #data(dtype: NumericTypeName, count: number): Uint8Array {
    const data = new Uint8Array(count * NUMERIC_TYPES[dtype]);
    let at = 0;
    if (this.#block !== undefined) this.#blocks.push(this.#block.subarray(0, this.#used));
    for (const block of this.#blocks) {
      const bytes = new Uint8Array(block.buffer, block.byteOffset, block.byteLength).subarray(0, data.length - at);
      data.set(bytes, at);
      at += bytes.length;
    }
    return data;
  }

  #typeError(json: JsonText, at: number): JsonRequestError {
    return invalid(
      `JSON Value: ${describeValue(json, at)} Type: ${json.typeName(at)} is not of expected type: ${this.dtype}`,
    );
  }

  #number(json: JsonText, at: number): number {
    const value = json.scalar(at);
    if (typeof value === 'number') return value;
    if (value instanceof JsonDouble) return value.value;
    if (typeof value === 'bigint') return Number(value);
    throw this.#typeError(json, at);
  }

  #integer(json: JsonText, at: number, least: number, greatest: number): number {
    const value = json.scalar(at);
    if (typeof value !== 'number' || value < least || value > greatest) throw this.#typeError(json, at);
    return value;
  }

  #int64(json: JsonText, at: number): bigint {
    const value = json.scalar(at);
    if (typeof value === 'number') return BigInt(value);
    if (typeof value === 'bigint' && value <= 9223372036854775807n) return value;
    throw this.#typeError(json, at);
  }

  #uint64(json: JsonText, at: number): bigint {
    const value = json.scalar(at);
    if ((typeof value !== 'number' && typeof value !== 'bigint') || value < 0) throw this.#typeError(json, at);
    return BigInt(value);
  }

  #bytes(json: JsonText, at: number): Uint8Array {
    if (json.isString(at)) return Buffer.from(json.string(at), 'latin1');
    if (!json.isObject(at)) throw this.#typeError(json, at);
    const text = json.base64Text(at);
    if (text === undefined)
      throw invalid(`JSON Value: ${describeValue(json, at)} not formatted correctly for base64 data`);
    const bytes = bytesFromBase64(json.string(text));
    if (bytes === undefined) throw invalid('Unable to base64 decode');
    json.end = json.skip(at);
    return bytes;
  }
}

/** Integers are narrowed as C++ narrows them, which is what typed arrays do too. */
function typedArray(dtype: string, count: number) {
  switch (dtype) {
    case 'float':
      return new Float32Array(count);
    case 'double':
      return new Float64Array(count);
    case 'int32':
      return new Int32Array(count);
    case 'int16':
      return new Int16Array(count);
    case 'int8':
      return new Int8Array(count);
    case 'uint32':
      return new Uint32Array(count);
    case 'int64':
      return new BigInt64Array(count);
    case 'uint64':
      return new BigUint64Array(count);
    default:
      return new Uint8Array(count);
  }
}
