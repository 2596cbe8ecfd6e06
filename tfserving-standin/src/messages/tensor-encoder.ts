import { dataTypeNumber } from '@serving-study/protos';
import { ELEMENT_BYTES, type NumericTensor, type StringTensor, type TensorValue } from '@serving-study/runtime';
import type { ReverseWriter } from './reverse-writer.js';
import { ELEMENT_FIELDS, STRING_VAL } from './tensor-fields.js';
import { WIRE } from './wire-reader.js';

const TYPE_NUMBERS = new Map(
  [...Object.keys(ELEMENT_BYTES), 'string'].map((name) => [name, dataTypeNumber(name as TensorValue['dtype'])]),
);

/**
 * Writes a TensorProto as TensorFlow's AsProtoField does: the typed field of its dtype with all elements, or
 * (--enable_serialization_as_tensor_content) their bytes. The shape is written also for a scalar.
 */
export function writeTensor(writer: ReverseWriter, tensor: TensorValue, asContent: boolean): void {
  if (tensor.dtype === 'string') writeStrings(writer, tensor, asContent);
  else if (asContent) writeContent(writer, tensor);
  else writeElements(writer, tensor);
  writeShape(writer, tensor.shape);
  writer.varint(TYPE_NUMBERS.get(tensor.dtype) ?? 0);
  writer.tag(1, WIRE.varint);
}

function writeShape(writer: ReverseWriter, shape: readonly number[]): void {
  const before = writer.length;
  for (let index = shape.length - 1; index >= 0; index -= 1) {
    const inner = writer.length;
    const size = shape[index] ?? 0;
    if (size !== 0) {
      writer.varint(size);
      writer.tag(1, WIRE.varint);
    }
    writer.endMessage(2, inner);
  }
  writer.endMessage(2, before);
}

function writeContent(writer: ReverseWriter, { data }: NumericTensor): void {
  if (data.length > 0) writer.bytes(4, data);
}

function writeElements(writer: ReverseWriter, { dtype, data }: NumericTensor): void {
  if (data.length === 0) return;
  const { number, kind } = ELEMENT_FIELDS[dtype];
  const before = writer.length;
  if (kind === 'fixed') writer.raw(data);
  else {
    const read = readerOf(dtype, new DataView(data.buffer, data.byteOffset, data.length));
    const width = ELEMENT_BYTES[dtype];
    for (let at = data.length - width; at >= 0; at -= width) {
      const low = read(at);
      if (kind === 'int64') writer.varint64(low, read(at + 4));
      else if (low >= 0) writer.varint(low);
      else writer.varint64(low, -1);
    }
  }
  writer.endMessage(number, before);
}

/** Reads one element, or the low half of one of eight bytes; signed where the type is, as int_val is. */
function readerOf(dtype: NumericTensor['dtype'], view: DataView): (at: number) => number {
  switch (dtype) {
    case 'bool':
      return (at) => (view.getUint8(at) === 0 ? 0 : 1);
    case 'uint8':
    case 'quint8':
    case 'uint4':
    case 'uint2':
      return (at) => view.getUint8(at);
    case 'int8':
    case 'qint8':
    case 'int4':
    case 'int2':
      return (at) => view.getInt8(at);
    case 'int16':
    case 'qint16':
      return (at) => view.getInt16(at, true);
    case 'uint16':
    case 'quint16':
    case 'half':
    case 'bfloat16':
      return (at) => view.getUint16(at, true);
    case 'uint32':
      return (at) => view.getUint32(at, true);
    default:
      return (at) => view.getInt32(at, true);
  }
}

function writeStrings(writer: ReverseWriter, { strings }: StringTensor, asContent: boolean): void {
  if (!asContent) {
    for (let index = strings.length - 1; index >= 0; index -= 1)
      writer.bytes(STRING_VAL, strings[index] ?? new Uint8Array(0));
    return;
  }
  if (strings.length === 0) return;
  const before = writer.length;
  for (let index = strings.length - 1; index >= 0; index -= 1) writer.raw(strings[index] ?? new Uint8Array(0));
  for (let index = strings.length - 1; index >= 0; index -= 1) writer.varint(strings[index]?.length ?? 0);
  writer.endMessage(4, before);
}
