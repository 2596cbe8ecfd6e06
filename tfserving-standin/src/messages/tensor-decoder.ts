import type { DataTypeName } from '@serving-study/protos';
import { ELEMENT_BYTES, type NumericType, type TensorValue } from '@serving-study/runtime';
import { JoinedBytes } from '../joined-bytes.js';
import { StatusError } from '../status-error.js';
import { checkStructure, type Structure } from './check-structure.js';
import { MalformedMessage } from './malformed-message.js';
import { readShape } from './shape-decoder.js';
import { ELEMENT_FIELDS, PACKED_FIELDS, STRING_VAL, typeNameOf } from './tensor-fields.js';
import { expandVarints } from './varint-elements.js';
import { WIRE, type WireReader } from './wire-reader.js';

/**
 * A few bytes can ask for a tensor of any size (its one value is repeated). The real server tries to allocate it; this
 * one refuses to make more than this of less than a tenth of it.
 */
const MAX_FILLED_BYTES = 16 * 2 ** 20;
const LARGEST_GROWTH = 10;
/** Strings of one tensor: each takes about a hundred bytes beside its own. */
const MOST_STRINGS = 2 ** 18;

/** Values that mean nothing outside the process they come from: only looked at as far as a parser does. */
const RESOURCE_HANDLE: Structure = { 1: 'text', 2: 'text', 3: 'text', 5: 'text', 6: { 2: { 2: { 2: 'text' } } } };
const VARIANT: Structure = { 1: 'text', 3: {} };

/** What one TensorProto says, before its dtype decides which of its fields count. All slices lie in the request's bytes. */
interface TensorFields {
  dtype: number;
  /** Undefined when a dimension is negative or the number of elements overflows. */
  shape: readonly number[] | undefined;
  content: Buffer | undefined;
  strings: Buffer[];
  /** The values of each typed field as packed bytes. */
  packed: Map<number, JoinedBytes> | undefined;
}

/** What `readTensor` gives, made when it is asked for: a few bytes can stand for much memory. */
export type UnreadTensor = () => TensorValue | undefined;

/** Reads a TensorProto whose message is well formed. Throws MalformedMessage, and RESOURCE_EXHAUSTED for too many strings. */
export function unreadTensor(reader: WireReader): UnreadTensor {
  const fields = readFields(reader);
  return () => tensorOf(fields);
}

/**
 * Reads a TensorProto straight from its bytes into a tensor, without a copy where the bytes are the elements already
 * (tensor_content, packed float_val ...). Same rules as TensorFlow's Tensor::FromProto: tensor_content wins, too few
 * values repeat the last one, none mean zeros, too many are cut off. Undefined when FromProto refuses: the caller names
 * the input. Throws MalformedMessage when the bytes are no message at all, RESOURCE_EXHAUSTED when they ask for too much.
 */
export function readTensor(reader: WireReader): TensorValue | undefined {
  return tensorOf(readFields(reader));
}

function tensorOf(fields: TensorFields): TensorValue | undefined {
  const { shape } = fields;
  const dtype = typeNameOf(fields.dtype);
  if (shape === undefined || dtype === undefined) return undefined;
  let count = 1;
  for (const size of shape) count *= size;
  if (dtype === 'string') return stringTensor(shape, count, fields);
  if (!isNumeric(dtype)) return undefined;
  const bytes = count * ELEMENT_BYTES[dtype];
  if (count === 0) return { dtype, shape, data: new Uint8Array(0) };
  if (fields.content !== undefined && fields.content.length > 0)
    return fields.content.length === bytes && (dtype !== 'bool' || areBools(fields.content))
      ? { dtype, shape, data: fields.content }
      : undefined;
  const packed = fields.packed?.get(ELEMENT_FIELDS[dtype].number);
  return { dtype, shape, data: elements(dtype, bytes, packed === undefined ? EMPTY : packed.start(packed.length)) };
}

const EMPTY = Buffer.alloc(0);

/** TensorFlow takes no other bytes for a bool than 0 and 1. */
function areBools(content: Buffer): boolean {
  for (const byte of content) if (byte > 1) return false;
  return true;
}

function isNumeric(dtype: DataTypeName): dtype is NumericType {
  return dtype in ELEMENT_BYTES;
}

function readFields(reader: WireReader): TensorFields {
  const fields: TensorFields = { dtype: 0, shape: [], content: undefined, strings: [], packed: undefined };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | WIRE.varint:
        fields.dtype = reader.int32();
        break;
      case (2 << 3) | WIRE.bytes:
        fields.shape = readShape(reader.message(), fields.shape);
        break;
      case (4 << 3) | WIRE.bytes:
        fields.content = reader.bytes();
        break;
      case (STRING_VAL << 3) | WIRE.bytes:
        fields.strings.push(reader.bytes());
        checkCount(fields.strings.length);
        break;
      case (14 << 3) | WIRE.bytes:
        checkStructure(reader.message(), RESOURCE_HANDLE);
        break;
      case (15 << 3) | WIRE.bytes:
        checkStructure(reader.message(), VARIANT);
        break;
      default:
        readElements(reader, tag, fields);
    }
  }
  return fields;
}

function readElements(reader: WireReader, tag: number, fields: TensorFields): void {
  const number = tag >>> 3;
  const size = PACKED_FIELDS.get(number);
  const piece = size === undefined ? undefined : pieceOf(reader, tag & 7, size);
  if (piece === undefined) {
    reader.skip(tag);
    return;
  }
  fields.packed ??= new Map();
  let packed = fields.packed.get(number);
  if (packed === undefined) fields.packed.set(number, (packed = new JoinedBytes()));
  packed.push(piece);
}

function checkCount(strings: number): void {
  if (strings > MOST_STRINGS)
    throw new StatusError('RESOURCE_EXHAUSTED', `a tensor of more than ${MOST_STRINGS} strings`);
}

/** A repeated numeric field may come packed or one value at a time: the bytes of the values are the same. */
function pieceOf(reader: WireReader, wire: number, size: 0 | 1 | 4 | 8): Buffer | undefined {
  if (wire === WIRE.bytes) {
    const piece = reader.bytes();
    if (size === 0 ? !endsWithVarint(piece) : piece.length % size !== 0)
      throw new MalformedMessage('packed field cut short');
    return piece;
  }
  if (size === 0) return wire === WIRE.varint ? reader.rawVarint() : undefined;
  if (size === 1) return undefined;
  return wire === (size === 4 ? WIRE.fixed32 : WIRE.fixed64) ? reader.fixed(size) : undefined;
}

function endsWithVarint(piece: Buffer): boolean {
  let run = 0;
  for (const byte of piece) {
    run = byte < 0x80 ? 0 : run + 1;
    if (run === 10) return false;
  }
  return run === 0;
}

function elements(dtype: NumericType, bytes: number, packed: Buffer): Uint8Array {
  const { kind } = ELEMENT_FIELDS[dtype];
  if (kind === 'fixed' && packed.length >= bytes) return packed.subarray(0, bytes);
  checkGrowth(bytes, packed.length);
  const data = Buffer.alloc(bytes);
  const width = ELEMENT_BYTES[dtype];
  const written = kind === 'fixed' ? copyFixed(data, packed, width) : expandVarints(data, 0, width, packed, kind);
  if (written > 0 && written < bytes) data.fill(data.subarray(written - width, written), written);
  return data;
}

function checkGrowth(bytes: number, sent: number): void {
  if (bytes > MAX_FILLED_BYTES && bytes > sent * LARGEST_GROWTH)
    throw new StatusError('RESOURCE_EXHAUSTED', `a tensor of ${bytes} bytes of which the request holds ${sent}`);
}

function copyFixed(data: Buffer, packed: Buffer, width: number): number {
  // Complex numbers are pairs: a lone half at the end does not count.
  return packed.copy(data, 0, 0, packed.length - (packed.length % width));
}

function stringTensor(shape: readonly number[], count: number, fields: TensorFields): TensorValue | undefined {
  if (count === 0) return { dtype: 'string', shape, strings: [] };
  if (fields.content !== undefined && fields.content.length > 0) {
    const strings = stringsOfContent(fields.content, count);
    return strings === undefined ? undefined : { dtype: 'string', shape, strings };
  }
  checkGrowth(count * STRING_ELEMENT_BYTES, fields.strings.length * STRING_ELEMENT_BYTES);
  const strings = fields.strings.slice(0, count);
  const last = strings.at(-1) ?? Buffer.alloc(0);
  while (strings.length < count) strings.push(last);
  return { dtype: 'string', shape, strings };
}

/** What one string costs inside TensorFlow at least. */
const STRING_ELEMENT_BYTES = 24;

/** All lengths as varints, then all bytes; nothing may be left over. */
function stringsOfContent(content: Buffer, count: number): Buffer[] | undefined {
  if (count > content.length) return undefined;
  checkCount(count);
  const lengths: number[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    let length = 0;
    let shift = 0;
    for (;;) {
      const byte = content[at];
      if (byte === undefined || shift > 28) return undefined;
      at += 1;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
      shift += 7;
    }
    lengths.push(length);
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total !== content.length - at) return undefined;
  return lengths.map((length) => {
    at += length;
    return content.subarray(at - length, at);
  });
}
