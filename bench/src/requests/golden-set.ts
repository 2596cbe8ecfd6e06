import { LRUCache } from 'lru-cache';
import type { Condition } from '../record/index.js';
import type { GoldenOutput, GoldenSet, PreparedRequest } from './golden.js';
import { columnsText, rowsText } from './json-tensors.js';
import { predictRequestBytes } from './tensor-proto.js';
import type { Tensor, Tensors } from './tensor.js';

/** Making the JSON of a large batch takes seconds, and each slice of a cell needs the same. */
const KEPT_BYTES = 256e6;
const kept = new LRUCache<string, readonly PreparedRequest[]>({ maxSize: KEPT_BYTES, sizeCalculation: bytesOf });
let sets = 0;

/** A request as tensors, and what the model answers to it. */
export interface AnsweredRequest {
  readonly inputs: Tensors;
  readonly outputs: readonly GoldenOutput[];
  /** The bytes of a recorded one. */
  readonly body?: Buffer;
  /** Default: by rows, where every input and output has one for each instance. */
  readonly format?: PreparedRequest['format'];
}

interface GoldenFacts extends Omit<GoldenSet, 'prepare'> {
  /** The signature that takes an instance as a string of its bytes; absent where the model has none. */
  readonly bytesSignature?: string | undefined;
}

/**
 * A set whose requests are made once for a condition, and again where they were not kept for want of memory. `answered`: those
 * with so many instances each.
 */
export function goldenSet(facts: GoldenFacts, answered: (batch: number) => readonly AnsweredRequest[]): GoldenSet {
  const name = (sets += 1);
  return {
    ...facts,
    prepare: ({ batch, payload }) => {
      const key = `${name} ${batch} ${payload}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const requests = answered(batch).map((request) => {
        const { format = formatFor(request) } = request;
        return { ...request, format, body: bodyOf({ ...request, format }, facts, payload) };
      });
      kept.set(key, requests);
      return requests;
    },
  };
}

/** By rows, where every input and output has one for each instance; else only whole tensors are answered over REST. */
export function formatFor({ inputs, outputs }: AnsweredRequest): PreparedRequest['format'] {
  const rows = rowsOf(inputs);
  return rows !== undefined && outputs.every(({ tensor }) => tensor.shape[0] === rows) ? 'row' : 'columnar';
}

/** How many instances all inputs hold; undefined where they have no first dimension in common. */
export function rowsOf(inputs: Tensors): number | undefined {
  const rows = new Set([...inputs.values()].map(({ shape }) => shape[0]));
  const [only] = rows;
  return rows.size === 1 ? only : undefined;
}

/** A predict request as it goes on the wire. @throws Error for what JSON has no words for. */
function bodyOf(
  { body, inputs, format }: AnsweredRequest,
  { bytesSignature, ...facts }: GoldenFacts,
  payload: Condition['payload'],
): Buffer {
  const { model, version, signature } = facts;
  switch (payload) {
    case 'json':
      return body ?? Buffer.from(`{${nameOf(signature)}${format === 'row' ? rowsText(inputs) : columnsText(inputs)}}`);
    case 'base64':
      if (bytesSignature === undefined)
        throw new Error(`the model ${model} has no signature that takes bytes: its input cannot be sent as base64`);
      return Buffer.from(`{${nameOf(bytesSignature)}"instances":[${base64Rows(inputs).join(',')}]}`);
    default:
      return predictRequestBytes({ model, version, signature, inputs, form: payload });
  }
}

function nameOf(signature: string): string {
  return signature === 'serving_default' ? '' : `"signature_name":${JSON.stringify(signature)},`;
}

/** TensorFlow Serving takes base64 for strings only, so the model itself has to read its numbers out of one. */
function base64Rows(inputs: Tensors): string[] {
  return [...inputs.values()].flatMap((tensor) => {
    const [rows = 1] = tensor.shape;
    const bytes = tensor.dtype === 'string' ? Buffer.concat(tensor.strings) : Buffer.from(tensor.data);
    const size = bytes.length / rows;
    return Array.from({ length: rows }, (_, row) => {
      const text = bytes.toString('base64', row * size, (row + 1) * size);
      return `{"b64":"${text}"}`;
    });
  });
}

/** Bodies and tensors, for a cache that holds no more than so many. */
function bytesOf(requests: readonly PreparedRequest[]): number {
  return requests.reduce(
    (sum, { body, inputs, outputs }) =>
      sum +
      body.length +
      [...inputs.values(), ...outputs.map(({ tensor }) => tensor)].reduce((all, tensor) => all + sizeOf(tensor), 0),
    1,
  );
}

function sizeOf(tensor: Tensor): number {
  return tensor.dtype === 'string'
    ? tensor.strings.reduce((sum, { length }) => sum + length, 0)
    : tensor.data.byteLength;
}
