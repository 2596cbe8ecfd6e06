import type { JsonTensor, OutputTensor } from '@serving-study/tfserving-json';
import protobuf from 'protobufjs/minimal.js';
import type { ModelSpec } from '../../model-catalogue.js';
import { messageEnd, readFields, tag } from './message-fields.js';
import { readVersion, writeModelSpec } from './model-spec-message.js';
import { readTensor } from './read-tensor.js';
import { writeTensor } from './write-tensor.js';

/** A serialized tensorflow.serving.PredictRequest. Copies the tensors: their memory may be used again at once. */
export function predictRequestBytes(
  model: ModelSpec,
  signatureName: string,
  tensors: ReadonlyMap<string, JsonTensor>,
): Uint8Array {
  const writer = protobuf.Writer.create();
  writeModelSpec(writer, 1, model, signatureName);
  for (const [alias, tensor] of tensors) {
    writer.uint32(tag(2)).fork().uint32(tag(1)).string(alias);
    writeTensor(writer, 2, tensor);
    writer.ldelim();
  }
  return writer.finish();
}

export interface PredictResponse {
  readonly outputs: ReadonlyMap<string, OutputTensor>;
  /** The version that answered. */
  readonly version: string | undefined;
}

/** Reads a serialized tensorflow.serving.PredictResponse. */
export function predictResponseFromBytes(bytes: Uint8Array): PredictResponse {
  const reader = protobuf.Reader.create(bytes);
  const outputs = new Map<string, OutputTensor>();
  let version: string | undefined;
  readFields(reader, reader.len, (field) => {
    if (field === 1) readOutput(reader, messageEnd(reader), outputs);
    else if (field === 2) version = readVersion(reader, messageEnd(reader));
    else return false;
    return true;
  });
  return { outputs, version };
}

function readOutput(reader: protobuf.Reader, end: number, outputs: Map<string, OutputTensor>): void {
  let alias = '';
  let tensor: OutputTensor | undefined;
  readFields(reader, end, (field) => {
    if (field === 1) alias = reader.string();
    else if (field === 2) tensor = readTensor(reader, messageEnd(reader));
    else return false;
    return true;
  });
  if (tensor !== undefined) outputs.set(alias, tensor);
}
