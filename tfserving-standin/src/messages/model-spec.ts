import type { ModelSpec, VersionChoice } from '../core.js';
import type { ReverseWriter } from './reverse-writer.js';
import { WIRE, type WireReader } from './wire-reader.js';

/** tensorflow.serving.ModelSpec as requests use it. */
export interface RequestedModel extends ModelSpec {
  /** '' when the request names none. */
  readonly signatureName: string;
}

const LATEST: VersionChoice = { kind: 'latest' };

/** Reads a ModelSpec; a second one of the same message adds to the `first`. Of version and label the later one counts. */
export function readModelSpec(reader: WireReader, first?: RequestedModel): RequestedModel {
  let name = first?.name ?? '';
  let choice = first?.choice ?? LATEST;
  let signatureName = first?.signatureName ?? '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | WIRE.bytes:
        name = reader.text();
        break;
      case (2 << 3) | WIRE.bytes:
        choice = {
          kind: 'version',
          version: readInt64Value(reader.message(), choice.kind === 'version' ? choice.version : 0n),
        };
        break;
      case (3 << 3) | WIRE.bytes:
        signatureName = reader.text();
        break;
      case (4 << 3) | WIRE.bytes:
        choice = { kind: 'label', label: reader.text() };
        break;
      default:
        reader.skip(tag);
    }
  }
  return { name, choice, signatureName };
}

/** Writes the ModelSpec of a response: version_label is never echoed, and metadata answers name no signature. */
export function writeModelSpec(
  writer: ReverseWriter,
  field: number,
  spec: { readonly name: string; readonly version: bigint; readonly signatureName?: string },
): void {
  const before = writer.length;
  if (spec.signatureName !== undefined && spec.signatureName !== '') writer.text(3, spec.signatureName);
  const inner = writer.length;
  if (spec.version !== 0n) {
    writer.int64(spec.version);
    writer.tag(1, WIRE.varint);
  }
  writer.endMessage(2, inner);
  if (spec.name !== '') writer.text(1, spec.name);
  writer.endMessage(field, before);
}

function readInt64Value(reader: WireReader, before: bigint): bigint {
  let value = before;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | WIRE.varint)) value = reader.int64();
    else reader.skip(tag);
  }
  return value;
}
