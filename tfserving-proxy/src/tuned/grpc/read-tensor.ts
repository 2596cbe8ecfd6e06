import { dataTypeName } from '@serving-study/protos';
import type { OutputTensor } from '@serving-study/tfserving-json';
import type { Reader } from 'protobufjs/minimal.js';
import { LENGTH_DELIMITED, messageEnd, readFields, readInt64 } from './message-fields.js';

/** Packed fields whose bytes are the elements themselves: float_val, double_val, bool_val. */
const ELEMENT_FIELDS = new Set([5, 6, 11]);
/** Packed fields of varints: int_val, int64_val, uint32_val, uint64_val. */
const VARINT_FIELDS = new Set([7, 10, 16, 17]);

/**
 * Reads a tensorflow.TensorProto that ends at `end`, whichever field its elements are in. The data may be a slice of the
 * message. Types that have no place in JSON come without their elements.
 */
export function readTensor(reader: Reader, end: number): OutputTensor {
  let dtype = 'invalid';
  const shape: number[] = [];
  let content: Uint8Array | undefined;
  const elements: Uint8Array[] = [];
  const integers: (number | bigint)[] = [];
  const strings: Uint8Array[] = [];
  readFields(reader, end, (field, wireType) => {
    if (field === 1) dtype = typeName(reader.uint32());
    else if (field === 2) readShape(reader, messageEnd(reader), shape);
    else if (field === 4) content = reader.bytes();
    else if (field === 8) strings.push(reader.bytes());
    else if (wireType === LENGTH_DELIMITED && ELEMENT_FIELDS.has(field)) elements.push(reader.bytes());
    else if (wireType === LENGTH_DELIMITED && VARINT_FIELDS.has(field)) {
      const fieldEnd = messageEnd(reader);
      while (reader.pos < fieldEnd) integers.push(readInteger(reader, field));
    } else return false;
    return true;
  });
  if (dtype === 'string') return { dtype, shape, strings: content === undefined ? strings : stringsOf(content, shape) };
  if (integers.length > 0) return { dtype, shape, data: bytesOf(dtype, integers) };
  return {
    dtype,
    shape,
    data: content ?? (elements.length === 1 ? elements[0] : undefined) ?? Buffer.concat(elements),
  };
}

function readShape(reader: Reader, end: number, shape: number[]): void {
  readFields(reader, end, (field) => {
    if (field !== 2) return false;
    let size = 0;
    readFields(reader, messageEnd(reader), (inner) => {
      if (inner !== 1) return false;
      size = Number(readInt64(reader));
      return true;
    });
    shape.push(size);
    return true;
  });
}

/** tensor_content of strings (--enable_serialization_as_tensor_content): all lengths as varints, then all bytes. */
function stringsOf(content: Uint8Array, shape: readonly number[]): Uint8Array[] {
  let at = 0;
  const lengths = Array.from({ length: shape.reduce((count, size) => count * size, 1) }, () => {
    let length = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = content[at++] ?? 0;
      length += (byte & 0x7f) * unit;
      if (byte < 0x80) return length;
    }
  });
  return lengths.map((length) => {
    at += length;
    return content.subarray(at - length, at);
  });
}

function readInteger(reader: Reader, field: number): number | bigint {
  if (field === 7) return reader.int32();
  if (field === 16) return reader.uint32();
  return readInt64(reader);
}

function bytesOf(dtype: string, integers: (number | bigint)[]): Uint8Array {
  const numbers = integers as number[];
  switch (dtype) {
    case 'int32':
      return new Uint8Array(Int32Array.from(numbers).buffer);
    case 'uint32':
      return new Uint8Array(Uint32Array.from(numbers).buffer);
    case 'int16':
      return new Uint8Array(Int16Array.from(numbers).buffer);
    case 'int8':
    case 'uint8':
      return Uint8Array.from(numbers);
    case 'int64':
    case 'uint64':
      return new Uint8Array(BigInt64Array.from(integers as bigint[]).buffer);
    default:
      return new Uint8Array(0);
  }
}

const TYPE_NAMES = new Map<number, string>();

function typeName(number: number): string {
  const name = TYPE_NAMES.get(number) ?? dataTypeName(number) ?? `type ${number}`;
  TYPE_NAMES.set(number, name);
  return name;
}
