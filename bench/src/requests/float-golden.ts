import { MOST_REQUESTS, type GoldenSet } from './golden.js';
import { goldenSet } from './golden-set.js';
import { floatTensor, inTurn, joined } from './tensor.js';

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
  /** Row-major values of one instance, without the batch dimension, and the prediction that Python gave for it. */
  readonly cases: readonly { readonly input: Float32Array; readonly expected: Float32Array }[];
}

/** One request per golden case (at most 32), each with `batch` instances starting at that case. */
export function floatGolden(golden: FloatCases): GoldenSet {
  const { model, version, inputAlias, outputAlias, instanceShape, bytesSignature } = golden;
  const inputs = golden.cases.map(({ input }) => new Map([[inputAlias, floatTensor(input, [1, ...instanceShape])]]));
  const outputs = golden.cases.map(
    ({ expected }) => new Map([[outputAlias, floatTensor(expected, [1, expected.length])]]),
  );
  const count = Math.min(MOST_REQUESTS, inputs.length);
  return goldenSet({ model, version, signature: 'serving_default', count, bytesSignature }, (batch) =>
    Array.from({ length: count }, (_, first) => ({
      inputs: joined(inTurn(inputs, first, batch)),
      outputs: [...joined(inTurn(outputs, first, batch))].map(([name, tensor]) => ({ name, tensor })),
    })),
  );
}
