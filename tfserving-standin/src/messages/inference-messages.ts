import type {
  Classifications,
  ClassifyResult,
  InferenceTask,
  MultiInferenceResult,
  RegressResult,
} from '../inference/index.js';
import { JoinedBytes } from '../joined-bytes.js';
import { StatusError } from '../status-error.js';
import { readExamples } from './example-messages.js';
import { readModelSpec, writeModelSpec, type RequestedModel } from './model-spec.js';
import { ReverseWriter } from './reverse-writer.js';
import { WIRE, WireReader } from './wire-reader.js';

/** ClassificationRequest and RegressionRequest, which have the same fields. */
export interface ExampleRequestMessage {
  readonly model: RequestedModel | undefined;
  readonly examples: readonly Uint8Array[];
}

export interface MultiInferenceRequestMessage {
  readonly tasks: readonly InferenceTask[];
  readonly examples: readonly Uint8Array[];
}

/** Throws MalformedMessage. */
export function readExampleRequest(bytes: Uint8Array): ExampleRequestMessage {
  const reader = new WireReader(bytes);
  let model: RequestedModel | undefined;
  const input = new JoinedBytes();
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | WIRE.bytes)) model = readModelSpec(reader.message(), model);
    else if (tag === ((2 << 3) | WIRE.bytes)) input.push(reader.bytes());
    else reader.skip(tag);
  }
  return { model, examples: readExamples(input.take()) };
}

/** More than any model has signatures, and each may be named once. */
const MOST_TASKS = 10_000;

/** Throws MalformedMessage, and RESOURCE_EXHAUSTED for too many tasks. */
export function readMultiInferenceRequest(bytes: Uint8Array): MultiInferenceRequestMessage {
  const reader = new WireReader(bytes);
  const tasks: InferenceTask[] = [];
  const input = new JoinedBytes();
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | WIRE.bytes)) tasks.push(readTask(reader.message()));
    else if (tag === ((2 << 3) | WIRE.bytes)) input.push(reader.bytes());
    else reader.skip(tag);
    if (tasks.length > MOST_TASKS)
      throw new StatusError('RESOURCE_EXHAUSTED', `a request of more than ${MOST_TASKS} tasks`);
  }
  return { tasks, examples: readExamples(input.take()) };
}

function readTask(reader: WireReader): InferenceTask {
  let model: RequestedModel = { name: '', choice: { kind: 'latest' }, signatureName: '' };
  let methodName = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ((1 << 3) | WIRE.bytes)) model = readModelSpec(reader.message(), model);
    else if (tag === ((2 << 3) | WIRE.bytes)) methodName = reader.text();
    else reader.skip(tag);
  }
  return { spec: { name: model.name, choice: model.choice }, signatureName: model.signatureName, methodName };
}

/** tensorflow.serving.ClassificationResponse: the result first, the ModelSpec behind it. */
export function writeClassificationResponse(
  name: string,
  { classifications, version, signatureName }: ClassifyResult,
): Buffer {
  const writer = new ReverseWriter(512);
  writeModelSpec(writer, 2, { name, version, signatureName });
  writeClassifications(writer, 1, classifications);
  return writer.finish();
}

/** tensorflow.serving.RegressionResponse: the result first, the ModelSpec behind it. */
export function writeRegressionResponse(name: string, { values, version, signatureName }: RegressResult): Buffer {
  const writer = new ReverseWriter(512);
  writeModelSpec(writer, 2, { name, version, signatureName });
  writeRegressions(writer, 1, values);
  return writer.finish();
}

/** tensorflow.serving.MultiInferenceResponse. */
export function writeMultiInferenceResponse({ modelName, version, results }: MultiInferenceResult): Buffer {
  const writer = new ReverseWriter(512);
  for (const result of [...results].reverse()) {
    const before = writer.length;
    if (result.kind === 'classification') writeClassifications(writer, 2, result.classifications);
    else writeRegressions(writer, 3, result.values);
    writeModelSpec(writer, 1, { name: modelName, version, signatureName: result.signatureName });
    writer.endMessage(1, before);
  }
  return writer.finish();
}

function writeClassifications(writer: ReverseWriter, field: number, classifications: Classifications): void {
  const before = writer.length;
  for (const classes of [...classifications].reverse()) {
    const outer = writer.length;
    for (const { label, score } of [...classes].reverse()) {
      const inner = writer.length;
      writeFloat(writer, 2, score);
      if (label.length > 0) writer.bytes(1, label);
      writer.endMessage(1, inner);
    }
    writer.endMessage(1, outer);
  }
  writer.endMessage(field, before);
}

function writeRegressions(writer: ReverseWriter, field: number, values: readonly number[]): void {
  const before = writer.length;
  for (const value of [...values].reverse()) {
    const inner = writer.length;
    writeFloat(writer, 1, value);
    writer.endMessage(1, inner);
  }
  writer.endMessage(field, before);
}

/** proto3 leaves 0 out, but not -0: the bits decide. */
function writeFloat(writer: ReverseWriter, field: number, value: number): void {
  if (Object.is(value, 0)) return;
  writer.fixed32(value);
  writer.tag(field, WIRE.fixed32);
}
