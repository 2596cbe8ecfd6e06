import { LRUCache } from 'lru-cache';
import type { Condition } from '../record/index.js';
import type { GoldenSet, PreparedRequest } from './golden.js';
import type { Tensor } from './tensor.js';

/** Making the JSON of a large batch takes seconds, and each slice of a cell needs the same. */
const KEPT_BYTES = 256e6;
const kept = new LRUCache<string, readonly PreparedRequest[]>({ maxSize: KEPT_BYTES, sizeCalculation: bytesOf });
let sets = 0;

/** A set whose requests are made once for a condition, and again where they were not kept for want of memory. */
export function goldenSet(
  facts: Omit<GoldenSet, 'prepare'>,
  make: (condition: Pick<Condition, 'batch' | 'payload'>) => readonly PreparedRequest[],
): GoldenSet {
  const name = (sets += 1);
  return {
    ...facts,
    prepare: ({ batch, payload }) => {
      const key = `${name} ${batch} ${payload}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const requests = make({ batch, payload });
      kept.set(key, requests);
      return requests;
    },
  };
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
