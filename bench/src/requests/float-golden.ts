import { MOST_REQUESTS, type GoldenSet, type PreparedRequest } from './golden.js';
import { goldenSet } from './golden-set.js';
import { requestBytes } from './request-bytes.js';
import { floatTensor, inTurn, joined, type NumericTensor } from './tensor.js';

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
export function floatGolden({ bytesSignature, cases, ...golden }: FloatCases): GoldenSet {
  const { model, version, inputAlias, outputAlias, instanceShape } = golden;
  const spec = { model, version, signature: 'serving_default' };
  const all = cases.map(({ input, expected }) => ({
    input: floatTensor(input, [1, ...instanceShape]),
    output: floatTensor(expected, [1, expected.length]),
  }));
  const count = Math.min(MOST_REQUESTS, all.length);
  return goldenSet({ ...spec, count }, ({ batch, payload }) =>
    Array.from({ length: count }, (_, first): PreparedRequest => {
      const wanted = inTurn(all, first, batch);
      const inputs = joined(wanted.map(({ input }) => new Map([[inputAlias, input]])));
      const outputs = joined(wanted.map(({ output }) => new Map([[outputAlias, output]])));
      if (payload === 'base64' && bytesSignature === undefined)
        throw new Error(`the model ${model} has no signature that takes bytes: its input cannot be sent as base64`);
      return {
        body:
          payload === 'base64'
            ? base64Request(
                bytesSignature ?? '',
                wanted.map(({ input }) => input),
              )
            : requestBytes(spec, payload, inputs, 'row'),
        inputs,
        outputs: [...outputs].map(([name, tensor]) => ({ name, tensor })),
        format: 'row',
      };
    }),
  );
}

/** TensorFlow Serving takes base64 for strings only, so the model itself has to read its numbers out of one. */
function base64Request(signature: string, instances: readonly NumericTensor[]): Buffer {
  const texts = instances.map(({ data }) => `{"b64":"${Buffer.from(data).toString('base64')}"}`);
  return Buffer.from(`{"signature_name":${JSON.stringify(signature)},"instances":[${texts.join(',')}]}`);
}
