import type { Answer } from './answer.js';

/** Reads `{"predictions": ...}` or `{"outputs": ...}` of the REST predict contract. */
export function readRestAnswer(body: Buffer): Answer {
  const message: unknown = JSON.parse(body.toString('utf8'));
  if (typeof message !== 'object' || message === null) throw new Error('the answer is no JSON object');
  const tensors = 'predictions' in message ? message.predictions : 'outputs' in message ? message.outputs : undefined;
  if (tensors === undefined) throw new Error('the answer has neither predictions nor outputs');
  const numbers: number[] = [];
  collect(tensors, numbers);
  return { values: Float64Array.from(numbers), version: 0 };
}

function collect(value: unknown, into: number[]): void {
  if (typeof value === 'number') {
    into.push(value);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, into);
  } else if (typeof value === 'object' && value !== null) {
    // The contract leaves the order of named outputs open.
    for (const name of Object.keys(value).sort()) collect((value as Record<string, unknown>)[name], into);
  } else {
    throw new Error(`the answer holds a ${value === null ? 'null' : typeof value} where a number is expected`);
  }
}
