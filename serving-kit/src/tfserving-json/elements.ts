import { bytesFromBase64 } from './base64.js';
import { describeNode } from './describe-node.js';
import { flushedFloat } from './flushed-float.js';
import { base64Text, JsonDouble, JsonObject, typeName, type JsonNode } from './json-node.js';
import { invalid, JsonRequestError } from './json-request-error.js';
import { isNumericType, NUMERIC_TYPES, type JsonTensor, type NumericTypeName } from './tensor.js';

const INT32 = { least: -2147483648, greatest: 2147483647 };

/** The values of one tensor while it is put together; which JSON values it takes depends on its type. */
export class Elements {
  readonly dtype: string;
  readonly #numbers: number[] = [];
  readonly #integers: bigint[] = [];
  readonly #strings: Uint8Array[] = [];

  constructor(dtype: string | undefined) {
    this.dtype = dtype ?? 'INVALID';
  }

  /** Takes one value that is not a list. Throws JsonRequestError when it does not fit the type. */
  add(node: JsonNode): void {
    if (node instanceof JsonObject && this.dtype !== 'string') throw this.#typeError(node);
    switch (this.dtype) {
      case 'float':
      case 'double':
        this.#numbers.push(this.#number(node));
        break;
      case 'int32':
      case 'int16':
      case 'int8':
      case 'uint8':
        this.#numbers.push(this.#int32(node));
        break;
      case 'uint32':
        this.#numbers.push(this.#uint32(node));
        break;
      case 'int64':
        this.#integers.push(this.#int64(node));
        break;
      case 'uint64':
        this.#integers.push(this.#uint64(node));
        break;
      case 'bool':
        if (typeof node !== 'boolean') throw this.#typeError(node);
        this.#numbers.push(node ? 1 : 0);
        break;
      case 'string':
        this.#strings.push(this.#bytes(node));
        break;
      default:
        throw new JsonRequestError(
          'UNIMPLEMENTED',
          `Conversion of JSON Value: ${describeNode(node)} to type: ${this.dtype}`,
        );
    }
  }

  /** The first values as a tensor of that shape; undefined for types that tensors of this kind cannot have. */
  toTensor(shape: readonly number[]): JsonTensor | undefined {
    const count = shape.reduce((product, size) => product * size, 1);
    const { dtype } = this;
    if (dtype === 'string') return { dtype, shape, strings: this.#strings.slice(0, count) };
    if (!isNumericType(dtype)) return undefined;
    return { dtype, shape, data: this.#data(dtype, count) };
  }

  #data(dtype: NumericTypeName, count: number): Uint8Array {
    const numbers = this.#numbers;
    const typed = typedArray(dtype, count);
    if (typed instanceof BigInt64Array || typed instanceof BigUint64Array) typed.set(this.#integers.slice(0, count));
    else if (typed instanceof Float32Array)
      for (let index = 0; index < count; index++) typed[index] = flushedFloat(numbers[index] ?? 0);
    else for (let index = 0; index < Math.min(count, numbers.length); index++) typed[index] = numbers[index] ?? 0;
    return new Uint8Array(typed.buffer);
  }

  #typeError(node: JsonNode): JsonRequestError {
    return invalid(`JSON Value: ${describeNode(node)} Type: ${typeName(node)} is not of expected type: ${this.dtype}`);
  }

  #number(node: JsonNode): number {
    if (typeof node === 'number') return node;
    if (node instanceof JsonDouble) return node.value;
    if (typeof node === 'bigint') return Number(node);
    throw this.#typeError(node);
  }

  #int32(node: JsonNode): number {
    if (typeof node !== 'number' || node < INT32.least || node > INT32.greatest) throw this.#typeError(node);
    return node;
  }

  #uint32(node: JsonNode): number {
    if (typeof node !== 'number' || node < 0 || node > 4294967295) throw this.#typeError(node);
    return node;
  }

  #int64(node: JsonNode): bigint {
    if (typeof node === 'number') return BigInt(node);
    if (typeof node === 'bigint' && node <= 9223372036854775807n) return node;
    throw this.#typeError(node);
  }

  #uint64(node: JsonNode): bigint {
    if ((typeof node !== 'number' && typeof node !== 'bigint') || node < 0) throw this.#typeError(node);
    return BigInt(node);
  }

  #bytes(node: JsonNode): Uint8Array {
    if (typeof node === 'string') return Buffer.from(node, 'latin1');
    if (!(node instanceof JsonObject)) throw this.#typeError(node);
    const text = base64Text(node);
    if (text === undefined) throw invalid(`JSON Value: ${describeNode(node)} not formatted correctly for base64 data`);
    const bytes = bytesFromBase64(text);
    if (bytes === undefined) throw invalid('Unable to base64 decode');
    return bytes;
  }
}

/** Integers are narrowed as C++ narrows them, which is what typed arrays do too. */
function typedArray(
  dtype: NumericTypeName,
  count: number,
):
  | Float32Array
  | Float64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array {
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
      return new Uint8Array(count * NUMERIC_TYPES[dtype]);
  }
}
