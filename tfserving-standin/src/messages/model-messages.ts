import { ERROR_CODES, type ErrorCode } from '@serving-study/runtime';
import type { VersionStatus } from '../core.js';
import { readModelSpec, writeModelSpec, type RequestedModel } from './model-spec.js';
import { ReverseWriter } from './reverse-writer.js';
import { WIRE, WireReader } from './wire-reader.js';

export interface MetadataRequestMessage {
  readonly model: RequestedModel | undefined;
  readonly metadataFields: readonly string[];
}

/** tensorflow.serving.GetModelStatusRequest: its ModelSpec. Throws MalformedMessage. */
export function readStatusRequest(bytes: Uint8Array): RequestedModel | undefined {
  return readMetadataRequest(bytes, false).model;
}

/** tensorflow.serving.GetModelMetadataRequest. Throws MalformedMessage. */
export function readMetadataRequest(bytes: Uint8Array, withFields = true): MetadataRequestMessage {
  const reader = new WireReader(bytes);
  let model: RequestedModel | undefined;
  const metadataFields: string[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | WIRE.bytes)) model = readModelSpec(reader.message(), model);
    else if (withFields && tag === ((2 << 3) | WIRE.bytes)) metadataFields.push(reader.text());
    else reader.skip(tag);
  }
  return { model, metadataFields };
}

const SIGNATURE_DEF_MAP = 'type.googleapis.com/tensorflow.serving.SignatureDefMap';

/** tensorflow.serving.GetModelMetadataResponse with the one field there is, the signatures as an Any. */
export function writeMetadataResponse(name: string, version: bigint, signatureDefMap: Uint8Array): Buffer {
  const writer = new ReverseWriter(signatureDefMap.length + 256);
  if (signatureDefMap.length > 0) writer.bytes(2, signatureDefMap);
  writer.text(1, SIGNATURE_DEF_MAP);
  writer.endMessage(2, 0);
  writer.text(1, 'signature_def');
  writer.endMessage(2, 0);
  writeModelSpec(writer, 1, { name, version });
  return writer.finish();
}

const STATES = { START: 10, LOADING: 20, AVAILABLE: 30, UNLOADING: 40, END: 50 } as const;

/** tensorflow.serving.GetModelStatusResponse. */
export function writeStatusResponse(versions: readonly VersionStatus[]): Buffer {
  const writer = new ReverseWriter(256);
  for (const { version, state, errorCode, errorMessage } of [...versions].reverse()) {
    const before = writer.length;
    writeStatus(writer, 3, errorCode, errorMessage);
    writer.varint(STATES[state]);
    writer.tag(2, WIRE.varint);
    if (version !== 0n) {
      writer.int64(version);
      writer.tag(1, WIRE.varint);
    }
    writer.endMessage(1, before);
  }
  return writer.finish();
}

/** tensorflow.serving.ReloadConfigResponse of a reload that worked. */
export function writeReloadResponse(metrics: readonly { readonly name: string; readonly increase: number }[]): Buffer {
  const writer = new ReverseWriter(256);
  for (const { name, increase } of [...metrics].reverse()) {
    const before = writer.length;
    // A member of a oneof: written also when it is 0.
    writer.int64(BigInt(increase));
    writer.tag(2, WIRE.varint);
    writer.text(1, name);
    writer.endMessage(2, before);
  }
  writeStatus(writer, 1, 'OK', '');
  return writer.finish();
}

/** tensorflow.serving.StatusProto. */
function writeStatus(writer: ReverseWriter, field: number, code: string, message: string): void {
  const before = writer.length;
  if (message !== '') writer.text(2, message);
  const number = ERROR_CODES.indexOf(code as ErrorCode);
  if (number > 0) {
    writer.varint(number);
    writer.tag(1, WIRE.varint);
  }
  writer.endMessage(field, before);
}
