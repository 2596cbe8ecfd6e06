import protobuf from 'protobufjs';
import { stringLiteralBytes } from './string-literal.js';
import type { TokenReader } from './token-reader.js';

const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};

/** Reads one value of a field that is not a message: integers of 64 bits as decimal text, as protobufjs takes them. */
export function readScalar(reader: TokenReader, field: protobuf.FieldBase): string | number | boolean | Buffer {
  if (field.resolvedType instanceof protobuf.Enum) return readEnum(reader, field, field.resolvedType);
  switch (field.type) {
    case 'string':
      return readString(reader).toString();
    case 'bytes':
      return readString(reader);
    case 'bool':
      return readBool(reader, field);
    case 'float':
    case 'double':
      return readFloat(reader);
    default:
      return readInteger(reader, field.type);
  }
}

/** Adjacent strings are one string. */
function readString(reader: TokenReader): Buffer {
  const parts: Buffer[] = [];
  do {
    const bytes = stringLiteralBytes(reader.takeKind('string', 'string').text);
    if (bytes === undefined) reader.fail('Invalid escape sequence in string literal.');
    parts.push(bytes);
  } while (reader.current.kind === 'string');
  return Buffer.concat(parts);
}

function readBool(reader: TokenReader, field: protobuf.FieldBase): boolean {
  const { kind, text } = reader.current;
  if (kind === 'number') {
    const value = readInteger(reader, 'uint64');
    if (value !== '0' && value !== '1') reader.fail('Integer out of range.');
    return value === '1';
  }
  reader.takeKind('identifier', 'identifier');
  if (['true', 't', 'True'].includes(text)) return true;
  if (['false', 'f', 'False'].includes(text)) return false;
  return reader.fail(`Invalid value for boolean field "${field.name}". Value: "${text}".`);
}

function readFloat(reader: TokenReader): number {
  const sign = reader.tryTake('-') ? -1 : 1;
  const { kind, text } = reader.current;
  const special: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: NaN };
  const value = kind === 'identifier' ? special[text.toLowerCase()] : Number(text.replace(/[fF]$/, ''));
  if ((kind !== 'number' && kind !== 'identifier') || value === undefined || (kind === 'number' && Number.isNaN(value)))
    return reader.fail(`Expected double, got: ${text}`);
  reader.next();
  return sign * value;
}

function readInteger(reader: TokenReader, type: string): string {
  const range = RANGES[type];
  if (range === undefined) throw new Error(`no text format for fields of type ${type}`);
  const negative = range[0] < 0n && reader.tryTake('-');
  const { kind, text } = reader.current;
  if (kind !== 'number' || !/^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(text))
    return reader.fail(`Expected integer, got: ${text}`);
  // C writes octal numbers with a bare leading zero, JavaScript with 0o
  const magnitude = BigInt(/^0\d/.test(text) ? `0o${text.slice(1)}` : text);
  const value = negative ? -magnitude : magnitude;
  if (value < range[0] || value > range[1]) return reader.fail(`Integer out of range (${text})`);
  reader.next();
  return String(value);
}

function readEnum(reader: TokenReader, field: protobuf.FieldBase, values: protobuf.Enum): number {
  const { kind, text } = reader.current;
  if (kind !== 'identifier') return Number(readInteger(reader, 'int32'));
  const number = Object.hasOwn(values.values, text) ? values.values[text] : undefined;
  if (number === undefined) return reader.fail(`Unknown enumeration value of "${text}" for field "${field.name}".`);
  reader.next();
  return number;
}
