import type { TensorValue } from '@serving-study/runtime';
import { StatusError } from '../status-error.js';
import { readModelSpec, writeModelSpec, type RequestedModel } from './model-spec.js';
import { ReverseWriter } from './reverse-writer.js';
import { unreadTensor, type UnreadTensor } from './tensor-decoder.js';
import { writeTensor } from './tensor-encoder.js';
import { WIRE, WireReader } from './wire-reader.js';

/** tensorflow.serving.PredictRequest. */
export interface PredictRequestMessage {
  /** Undefined when the message has none. */
  readonly model: RequestedModel | undefined;
  /** By alias; one that gives undefined is a TensorProto that is no tensor. The data may be slices of the message's bytes. */
  readonly inputs: ReadonlyMap<string, UnreadTensor>;
  readonly outputFilter: readonly string[];
}

/** More inputs or output names than any signature has. */
const MOST_NAMES = 10_000;

/** Throws MalformedMessage, and RESOURCE_EXHAUSTED for more than 10 000 names. Unknown fields (client_id, request_options) are passed over. */
export function readPredictRequest(bytes: Uint8Array): PredictRequestMessage {
  const reader = new WireReader(bytes);
  let model: RequestedModel | undefined;
  const inputs = new Map<string, UnreadTensor>();
  const outputFilter: string[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    switch (tag) {
      case (1 << 3) | WIRE.bytes:
        model = readModelSpec(reader.message(), model);
        break;
      case (2 << 3) | WIRE.bytes:
        readInput(reader.message(), inputs);
        break;
      case (3 << 3) | WIRE.bytes:
        outputFilter.push(reader.text());
        break;
      default:
        reader.skip(tag);
    }
    if (inputs.size + outputFilter.length > MOST_NAMES)
      throw new StatusError('RESOURCE_EXHAUSTED', `a request of more than ${MOST_NAMES} inputs and outputs`);
  }
  return { model, inputs, outputFilter };
}

function readInput(entry: WireReader, inputs: Map<string, UnreadTensor>): void {
  let alias = '';
  let tensor: UnreadTensor = () => undefined;
  for (let tag = entry.tag(); tag !== 0; tag = entry.tag()) {
    if (tag === ((1 << 3) | WIRE.bytes)) alias = entry.text();
    else if (tag === ((2 << 3) | WIRE.bytes)) tensor = unreadTensor(entry.message());
    else entry.skip(tag);
  }
  inputs.set(alias, tensor);
}

/** tensorflow.serving.PredictResponse. */
export interface PredictResponseMessage {
  readonly name: string;
  readonly version: bigint;
  readonly signatureName: string;
  readonly outputs: ReadonlyMap<string, TensorValue>;
}

/** Outputs first, the ModelSpec behind them. */
export function writePredictResponse(response: PredictResponseMessage, asContent: boolean): Buffer {
  let size = 256;
  for (const tensor of response.outputs.values()) if (tensor.dtype !== 'string') size += tensor.data.length + 64;
  const writer = new ReverseWriter(size);
  writeModelSpec(writer, 2, response);
  const outputs = [...response.outputs];
  for (let index = outputs.length - 1; index >= 0; index -= 1) {
    const [alias, tensor] = outputs[index] ?? [];
    if (alias === undefined || tensor === undefined) continue;
    const before = writer.length;
    writeTensor(writer, tensor, asContent);
    writer.endMessage(2, before);
    writer.text(1, alias);
    writer.endMessage(1, before);
  }
  return writer.finish();
}
