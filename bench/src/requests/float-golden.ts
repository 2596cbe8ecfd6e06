import type { Condition } from '../record/index.js';
import { MOST_REQUESTS, type GoldenSet, type PreparedRequest } from './golden.js';
import { goldenSet } from './golden-set.js';
import { rowsText } from './json-tensors.js';
import { predictRequestBytes } from './tensor-proto.js';
import { floatTensor, type Tensors } from './tensor.js';

/** One instance and the prediction that Python gave for it. */
export interface GoldenCase {
  /** Row-major values of one instance, without the batch dimension. */
  readonly input: Float32Array;
  readonly expected: Float32Array;
}

/** A model with one float input and one float output. */
export interface FloatCases {
  readonly model: string;
  readonly version: number;
  readonly inputAlias: string;
  /** The signature that takes an instance as a string of its little-endian float32 values; absent where the model has none. */
  readonly bytesSignature?: string;
  readonly outputAlias: string;
  /** Shape of one instance, without the batch dimension. */
  readonly instanceShape: readonly number[];
  readonly cases: readonly GoldenCase[];
}

/** One request per golden case (at most 32), each with `batch` instances starting at that case. */
export function floatGolden(golden: FloatCases): GoldenSet {
  const { model, version, cases } = golden;
  const count = Math.min(MOST_REQUESTS, cases.length);
  return goldenSet({ model, version, signature: 'serving_default', count }, (condition) =>
    Array.from({ length: count }, (_, first) => requestOf(golden, condition, first)),
  );
}

function requestOf(
  golden: FloatCases,
  { batch, payload }: Pick<Condition, 'batch' | 'payload'>,
  first: number,
): PreparedRequest {
  const { cases, inputAlias, outputAlias, instanceShape } = golden;
  const wanted = Array.from({ length: batch }, (_, offset) => {
    const found = cases[(first + offset) % cases.length];
    if (found === undefined) throw new Error(`the model ${golden.model} has no golden cases`);
    return found;
  });
  const values = concatenate(wanted.map(({ input }) => input));
  const expected = concatenate(wanted.map((each) => each.expected));
  const inputs = new Map([[inputAlias, floatTensor(values, [batch, ...instanceShape])]]);
  return {
    body: encode(golden, payload, inputs, values, batch),
    inputs,
    outputs: [{ name: outputAlias, tensor: floatTensor(expected, [batch, expected.length / batch]) }],
    format: 'row',
  };
}

function encode(
  { model, version, bytesSignature }: FloatCases,
  payload: Condition['payload'],
  inputs: Tensors,
  values: Float32Array,
  batch: number,
): Buffer {
  switch (payload) {
    case 'json':
      return Buffer.from(`{${rowsText(inputs)}}`);
    case 'tensor-content':
    case 'float-val':
      return predictRequestBytes({ model, version, signature: 'serving_default', inputs, form: payload });
    case 'base64':
      if (bytesSignature === undefined)
        throw new Error(`the model ${model} has no signature that takes bytes: its input cannot be sent as base64`);
      return base64Request(bytesSignature, values, batch);
  }
}

/** TensorFlow Serving takes base64 for strings only, so the model itself has to read its numbers out of one. */
function base64Request(signature: string, values: Float32Array, batch: number): Buffer {
  const size = values.length / batch;
  const instances = Array.from({ length: batch }, (_, at) => {
    const { buffer, byteOffset, byteLength } = values.subarray(at * size, (at + 1) * size);
    return `{"b64":"${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}"}`;
  });
  return Buffer.from(`{"signature_name":${JSON.stringify(signature)},"instances":[${instances.join(',')}]}`);
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
