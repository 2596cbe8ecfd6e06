import { loadMessages } from '@serving-study/protos';
import { LRUCache } from 'lru-cache';
import type { Condition } from '../record/index.js';
import type { GoldenSet } from './golden-case.js';
import { jsonFromFloat32 } from './json-number.js';

/** The bytes of one request, made before the run, and the prediction its answer must hold. */
export interface PreparedRequest {
  readonly body: Buffer;
  /** All instances of the batch one after the other, row-major. */
  readonly expected: Float32Array;
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Different inputs in one cell: enough that no answer can be served from anywhere but the model. */
const MAX_REQUESTS = 32;
/** Making the JSON of a large batch takes seconds, and each slice of a cell needs the same. */
const KEPT_BYTES = 256e6;

const kept = new LRUCache<string, readonly PreparedRequest[]>({ maxSize: KEPT_BYTES, sizeCalculation: bytesOf });
const names = new WeakMap<GoldenSet, number>();
let named = 0;

/**
 * One request per golden case (at most 32), each with `batch` instances starting at that case. Every contestant of a protocol
 * gets these same bytes (method rule 2). The same array again while it is kept: who sends it may know it by identity.
 */
export function prepareRequests(
  golden: GoldenSet,
  { batch, payload }: Pick<Condition, 'batch' | 'payload'>,
): readonly PreparedRequest[] {
  const name = names.get(golden) ?? (named += 1);
  names.set(golden, name);
  const key = `${name} ${batch} ${payload}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const requests = makeRequests(golden, { batch, payload });
  kept.set(key, requests);
  return requests;
}

/** Bodies and numbers, for caches that hold no more than so many. */
function bytesOf(requests: readonly PreparedRequest[]): number {
  return requests.reduce(
    (sum, { body, values, expected }) => sum + body.length + values.byteLength + expected.byteLength,
    1,
  );
}

function makeRequests(golden: GoldenSet, condition: Pick<Condition, 'batch' | 'payload'>): PreparedRequest[] {
  const count = Math.min(MAX_REQUESTS, golden.cases.length);
  return Array.from({ length: count }, (_, first) => {
    const cases = Array.from({ length: condition.batch }, (_unused, offset) => {
      const found = golden.cases[(first + offset) % golden.cases.length];
      if (found === undefined) throw new Error(`the model ${golden.model} has no golden cases`);
      return found;
    });
    const values = concatenate(cases.map(({ input }) => input));
    const shape = [condition.batch, ...golden.instanceShape];
    return {
      body: encode(golden, condition.payload, values, shape),
      expected: concatenate(cases.map(({ expected }) => expected)),
      values,
      shape,
    };
  });
}

function encode(
  golden: GoldenSet,
  payload: Condition['payload'],
  values: Float32Array,
  shape: readonly number[],
): Buffer {
  switch (payload) {
    case 'json':
      return Buffer.from(`{"instances":${nested(values, shape, 0, 0).text}}`);
    case 'tensor-content':
    case 'float-val':
      return predictRequest(golden, payload, values, shape);
    case 'base64':
      return base64Request(golden, values, shape);
  }
}

/** TensorFlow Serving takes base64 for strings only, so the model itself has to read its numbers out of one. */
function base64Request(
  { model, bytesSignature }: GoldenSet,
  values: Float32Array,
  [batch = 0, ...instanceShape]: readonly number[],
): Buffer {
  if (bytesSignature === undefined)
    throw new Error(`the model ${model} has no signature that takes bytes: its input cannot be sent as base64`);
  const size = instanceShape.reduce((product, each) => product * each, 1);
  const instances = Array.from({ length: batch }, (_, at) => {
    const { buffer, byteOffset, byteLength } = values.subarray(at * size, (at + 1) * size);
    return `{"b64":"${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}"}`;
  });
  return Buffer.from(`{"signature_name":${JSON.stringify(bytesSignature)},"instances":[${instances.join(',')}]}`);
}

function nested(
  values: Float32Array,
  shape: readonly number[],
  level: number,
  from: number,
): { text: string; next: number } {
  const size = shape[level];
  if (size === undefined) return { text: jsonFromFloat32(values[from] ?? 0), next: from + 1 };
  const parts: string[] = [];
  let next = from;
  for (let index = 0; index < size; index += 1) {
    const part = nested(values, shape, level + 1, next);
    parts.push(part.text);
    next = part.next;
  }
  return { text: `[${parts.join(',')}]`, next };
}

function predictRequest(
  golden: GoldenSet,
  payload: 'tensor-content' | 'float-val',
  values: Float32Array,
  shape: readonly number[],
): Buffer {
  const type = loadMessages().lookupType('tensorflow.serving.PredictRequest');
  const tensor = {
    dtype: 1,
    tensor_shape: { dim: shape.map((size) => ({ size })) },
    ...(payload === 'tensor-content'
      ? { tensor_content: Buffer.from(values.buffer, values.byteOffset, values.byteLength) }
      : { float_val: Array.from(values) }),
  };
  const message = type.create({
    model_spec: { name: golden.model, version: { value: golden.version }, signature_name: 'serving_default' },
    inputs: { [golden.inputAlias]: tensor },
  });
  return Buffer.from(type.encode(message).finish());
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
