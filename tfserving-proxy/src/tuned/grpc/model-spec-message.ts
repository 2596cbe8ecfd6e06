import type { Reader, Writer } from 'protobufjs/minimal.js';
import type { ModelSpec } from '../../model-catalogue.js';
import { VARINT, messageEnd, readFields, readInt64, tag } from './message-fields.js';

/** Writes a tensorflow.serving.ModelSpec as field `field` of the message under way. */
export function writeModelSpec(
  writer: Writer,
  field: number,
  { name, version, version_label: label }: ModelSpec,
  signatureName = '',
): void {
  writer.uint32(tag(field)).fork().uint32(tag(1)).string(name);
  if (version !== undefined)
    writer
      .uint32(tag(2))
      .fork()
      .uint32((1 << 3) | VARINT)
      .int64(version.value)
      .ldelim();
  if (signatureName !== '') writer.uint32(tag(3)).string(signatureName);
  if (label !== undefined) writer.uint32(tag(4)).string(label);
  writer.ldelim();
}

/** The version in a ModelSpec that ends at `end`, as decimal text; undefined when it has none. */
export function readVersion(reader: Reader, end: number): string | undefined {
  let version: string | undefined;
  readFields(reader, end, (field) => {
    if (field !== 2) return false;
    version = '0';
    readFields(reader, messageEnd(reader), (inner) => {
      if (inner !== 1) return false;
      version = readInt64(reader).toString();
      return true;
    });
    return true;
  });
  return version;
}
