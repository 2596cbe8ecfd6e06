import protobuf from 'protobufjs';
import { readScalar } from './scalar.js';
import { TokenReader } from './token-reader.js';
import { tokenize } from './tokenizer.js';

/**
 * Reads a text-format protobuf (the language of TensorFlow Serving's configuration files) as a message of `type`.
 * Throws TextFormatError with protobuf's own wording.
 */
export function parseTextFormat(text: string, type: protobuf.Type): protobuf.Message {
  const reader = new TokenReader(tokenize(text));
  const fields = readFields(reader, type, undefined);
  return type.fromObject(fields);
}

type Fields = Record<string, unknown>;

/** Reads fields until `close`, or until the end of the text when there is none. */
function readFields(reader: TokenReader, type: protobuf.Type, close: string | undefined): Fields {
  const fields: Fields = {};
  while (!(close === undefined ? reader.current.kind === 'end' : reader.tryTake(close))) {
    readField(reader, type, fields);
    // one separator after a field is allowed, and means nothing
    if (!reader.tryTake(',')) reader.tryTake(';');
  }
  return fields;
}

function readField(reader: TokenReader, type: protobuf.Type, fields: Fields): void {
  const { text: name } = reader.takeKind('identifier', 'identifier');
  const field = Object.hasOwn(type.fields, name) ? type.fields[name]?.resolve() : undefined;
  if (field === undefined) return reader.fail(`Message type "${type.fullName.slice(1)}" has no field named "${name}".`);
  refuseSecond(reader, field, fields);
  const colon = reader.tryTake(':');
  const isMessage = field.map || field.resolvedType instanceof protobuf.Type;
  if (!isMessage && !colon) reader.take(':');
  if (field.repeated && reader.tryTake('[')) {
    fields[name] ??= [];
    if (reader.tryTake(']')) return;
    do addValue(reader, field, fields);
    while (reader.tryTake(','));
    reader.take(']');
  } else addValue(reader, field, fields);
}

function refuseSecond(reader: TokenReader, field: protobuf.Field, fields: Fields): void {
  if (field.repeated || field.map) return;
  if (field.name in fields) reader.fail(`Non-repeated field "${field.name}" is specified multiple times.`);
  const other = field.partOf?.oneof.find((member) => member in fields);
  if (other !== undefined)
    reader.fail(
      `Field "${field.name}" is specified along with field "${other}", another member of oneof "${field.partOf?.name ?? ''}".`,
    );
}

function addValue(reader: TokenReader, field: protobuf.Field, fields: Fields): void {
  if (field instanceof protobuf.MapField) {
    const [key, value] = readMapEntry(reader, field);
    fields[field.name] = { ...(fields[field.name] as Fields | undefined), [key]: value };
  } else if (field.repeated) {
    fields[field.name] = [...((fields[field.name] as unknown[] | undefined) ?? []), readValue(reader, field)];
  } else fields[field.name] = readValue(reader, field);
}

function readValue(reader: TokenReader, field: protobuf.FieldBase): unknown {
  return field.resolvedType instanceof protobuf.Type
    ? readFields(reader, field.resolvedType, openMessage(reader))
    : readScalar(reader, field);
}

/** Takes the opening bracket and answers the closing one. */
function openMessage(reader: TokenReader): string {
  if (reader.tryTake('<')) return '>';
  reader.take('{');
  return '}';
}

/** A map entry is written as a message with the fields `key` and `value`. */
function readMapEntry(reader: TokenReader, field: protobuf.MapField): [key: string, value: unknown] {
  const close = openMessage(reader);
  const keyField = new protobuf.Field('key', 1, field.keyType);
  const entry: { key?: unknown; value?: unknown } = {};
  while (!reader.tryTake(close)) {
    const { text: name } = reader.takeKind('identifier', 'identifier');
    if (name !== 'key' && name !== 'value')
      reader.fail(
        `Message type "${field.parent?.fullName.slice(1) ?? ''}.${entryName(field)}" has no field named "${name}".`,
      );
    if (name in entry) reader.fail(`Non-repeated field "${name}" is specified multiple times.`);
    const colon = reader.tryTake(':');
    if (!colon && (name === 'key' || !(field.resolvedType instanceof protobuf.Type))) reader.take(':');
    entry[name] = name === 'key' ? readScalar(reader, keyField) : readValue(reader, field);
    if (!reader.tryTake(',')) reader.tryTake(';');
  }
  return [String(entry.key ?? keyField.defaultValue ?? ''), entry.value ?? field.defaultValue ?? 0];
}

/** `version_labels` -> `VersionLabelsEntry`, the name protobuf gives to the type of a map's entries. */
function entryName(field: protobuf.MapField): string {
  return `${field.name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Entry`;
}
