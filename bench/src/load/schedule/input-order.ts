import { createRandom, shuffle } from '../../random/index.js';

/**
 * Which input each of `count` requests carries: every run of `inputs` requests holds each input once, in its own random
 * order, so that two trials of any length get nearly the same mixture (method rule 2).
 */
export function inputOrder(seed: number, count: number, inputs: number): Uint32Array {
  if (!Number.isInteger(inputs) || inputs < 1) throw new RangeError(`at least one input is needed, not ${inputs}`);
  const random = createRandom(seed);
  const all = Array.from({ length: inputs }, (_, input) => input);
  const order = new Uint32Array(count);
  for (let at = 0; at < count; at += inputs) order.set(shuffle(all, random).slice(0, count - at), at);
  return order;
}
