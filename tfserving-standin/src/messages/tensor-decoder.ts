import type { DataTypeName } from '@serving-study/protos';
import { ELEMENT_BYTES, type NumericType, type TensorValue } from '@serving-study/runtime';
import { checkStructure, type Structure } from './check-structure.js';
import { MalformedMessage } from './malformed-message.js';
import { readShape } from './shape-decoder.js';
import { ELEMENT_FIELDS, PACKED_FIELDS, STRING_VAL, typeNameOf, type FieldKind } from './tensor-fields.js';
import { expandVarints } from './varint-elements.js';
import { WIRE, type WireReader } from './wire-reader.js';

/**
 * A few bytes can ask for a tensor of any size (its one value is repeated). The real server tries to allocate it; this
 * one refuses more than this, so that a request cannot take the memory of the process.
 */
const MAX_FILLED_BYTES = 2 ** 30;

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
  /** The values of each typed field as packed bytes, in as many pieces as the message has. */
  pieces: Map<number, Buffer[]> | undefined;
}

/**
 * Reads a TensorProto straight from its bytes into a tensor, without a copy where the bytes are the elements already
 * (tensor_content, packed float_val ...). Same rules as TensorFlow's Tensor::FromProto: tensor_content wins, too few
 * values repeat the last one, none mean zeros, too many are cut off. Undefined when FromProto refuses: the caller names
 * the input. Throws MalformedMessage when the bytes are no message at all.
 */
export function readTensor(reader: WireReader): TensorValue | undefined {
  const fields = readFields(reader);
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
  const data = elements(dtype, bytes, fields.pieces?.get(ELEMENT_FIELDS[dtype].number) ?? []);
  return data === undefined ? undefined : { dtype, shape, data };
}

/** TensorFlow takes no other bytes for a bool than 0 and 1. */
function areBools(content: Buffer): boolean {
  return content.every((byte) => byte <= 1);
}

function isNumeric(dtype: DataTypeName): dtype is NumericType {
  return dtype in ELEMENT_BYTES;
}

function readFields(reader: WireReader): TensorFields {
  const fields: TensorFields = { dtype: 0, shape: [], content: undefined, strings: [], pieces: undefined };
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
  fields.pieces ??= new Map();
  const pieces = fields.pieces.get(number);
  if (pieces === undefined) fields.pieces.set(number, [piece]);
  else pieces.push(piece);
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

function elements(dtype: NumericType, bytes: number, pieces: readonly Buffer[]): Uint8Array | undefined {
  const { kind } = ELEMENT_FIELDS[dtype];
  const [only] = pieces;
  if (kind === 'fixed' && pieces.length === 1 && only !== undefined && only.length >= bytes)
    return only.subarray(0, bytes);
  if (bytes > MAX_FILLED_BYTES) return undefined;
  const data = Buffer.alloc(bytes);
  const width = ELEMENT_BYTES[dtype];
  const written = kind === 'fixed' ? joinFixed(data, pieces, width) : joinVarints(data, pieces, width, kind);
  if (written > 0 && written < bytes) data.fill(data.subarray(written - width, written), written);
  return data;
}

function joinFixed(data: Buffer, pieces: readonly Buffer[], width: number): number {
  let at = 0;
  for (const piece of pieces) at += piece.copy(data, at);
  // Complex numbers are pairs: a lone half at the end does not count.
  const whole = at - (at % width);
  data.fill(0, whole, at);
  return whole;
}

function joinVarints(data: Buffer, pieces: readonly Buffer[], width: number, kind: FieldKind): number {
  let at = 0;
  for (const piece of pieces) at = expandVarints(data, at, width, piece, kind);
  return at;
}

function stringTensor(shape: readonly number[], count: number, fields: TensorFields): TensorValue | undefined {
  if (count === 0) return { dtype: 'string', shape, strings: [] };
  if (fields.content !== undefined && fields.content.length > 0) {
    const strings = stringsOfContent(fields.content, count);
    return strings === undefined ? undefined : { dtype: 'string', shape, strings };
  }
  if (count * STRING_ELEMENT_BYTES > MAX_FILLED_BYTES) return undefined;
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
