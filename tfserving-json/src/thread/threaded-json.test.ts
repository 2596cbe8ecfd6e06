import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseExamplesRequest } from '../examples-request.js';
import { JsonRequestError } from '../json-request-error.js';
import { parsePredictRequest } from '../predict-request.js';
import { predictResponseBody } from '../predict-response.js';
import type { OutputTensor } from '../tensor-values.js';
import type { JsonTensor } from '../tensor.js';
import { ThreadedJson } from './threaded-json.js';

const json = new ThreadedJson();
const list = (element: string, count: number, last = element): string => `[${`${element},`.repeat(count)}${last}]`;

/** What comes of it, and how often the event loop turned meanwhile. */
async function turnsDuring<T>(work: T | Promise<T>): Promise<{ readonly result: T; readonly turns: number }> {
  const state = { turns: 0, done: false };
  const turn = (): void => {
    state.turns += 1;
    if (!state.done) setImmediate(turn);
  };
  turn();
  const result = await work;
  state.done = true;
  return { result, turns: state.turns };
}

function plain(tensors: ReadonlyMap<string, JsonTensor | undefined>): readonly unknown[] {
  return [...tensors].map(([alias, tensor]) => {
    if (tensor === undefined) return [alias];
    const bytes = tensor.dtype === 'string' ? Buffer.concat(tensor.strings) : Buffer.from(tensor.data);
    return [alias, tensor.dtype, tensor.shape, bytes.toString('base64')];
  });
}

describe('JSON that is large', () => {
  it('is read as JSON that is not, while others are served', async () => {
    const cases = [
      ['float', `{"signature_name":"s","instances":${list('[1.5,2]', 140_000)}}`],
      ['int64', `{"inputs":{"x":${list('9007199254740993', 65_000)}}}`],
      ['string', `{"instances":${list('"é"', 220_000, '""')}}`],
    ] as const;
    for (const [dtype, text] of cases) {
      const inputs = new Map([['x', { dtype }]]);
      const expected = parsePredictRequest(Buffer.from(text));
      let most = 0;
      // A busy machine may stop this thread until the other one is ready: then once more.
      for (let tries = 0; tries < 5 && most <= 2; tries += 1) {
        const names: string[] = [];
        const read = json.readPredict(Buffer.from(text), (name) => {
          names.push(name);
          return inputs;
        });
        const { result, turns } = await turnsDuring(read);
        assert.deepEqual(names, [expected.signatureName]);
        assert.deepEqual(plain(result.tensors), plain(expected.tensorsFor(inputs).tensors));
        most = Math.max(most, turns);
      }
      assert.ok(most > 2, `${most} turns of the event loop while ${dtype} was read`);
    }
  });

  it('is refused in the same words, by the reader and by who knows the model', async () => {
    const text = Buffer.from(`{"instances":${list('1', 600_000, '"é"')}}`);
    const inputs = new Map([['x', { dtype: 'float' }]]);
    const refusal = (error: unknown): boolean =>
      error instanceof JsonRequestError && error.message.includes('is not of expected type: float');
    assert.throws(() => parsePredictRequest(text).tensorsFor(inputs), refusal);
    await assert.rejects(async () => json.readPredict(Buffer.from(text), () => inputs), refusal);
    const unknown = (): never => {
      throw new Error('no such model');
    };
    await assert.rejects(async () => json.readPredict(Buffer.from(text), unknown), /no such model/);
    const broken = Buffer.concat([text, text.subarray(1)]).fill(0x5b, 0, 20_000);
    await assert.rejects(async () => json.readPredict(broken, () => inputs), /more than 10000 levels/);
  });

  it('of examples and of answers is the same too', async () => {
    const text = `{"examples":${list('{"a":[1,2],"b":"x"}', 55_000)},"context":{"c":1.5}}`;
    const expected = parseExamplesRequest(Buffer.from(text));
    const { result } = await turnsDuring(json.readExamples(Buffer.from(text)));
    assert.deepEqual(Buffer.concat(result.examples), Buffer.concat(expected.examples));
    assert.deepEqual(result.context && Buffer.from(result.context), expected.context);
    const outputs = (): Map<string, OutputTensor> =>
      new Map([['y', { dtype: 'float', shape: [300_000], data: new Uint8Array(1_200_000).fill(7) }]]);
    assert.deepEqual(await json.predictResponse('row', outputs()), predictResponseBody('row', outputs()));
  });
});
