import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import type { TensorValue } from '@serving-study/runtime';
import { StatusError } from '../../status-error.js';
import { readExampleRequest, readMultiInferenceRequest } from '../inference-messages.js';
import { MalformedMessage } from '../malformed-message.js';
import { readPredictRequest, writePredictResponse } from '../predict-messages.js';
import { ThreadedMessages } from './threaded-messages.js';

const messages = new ThreadedMessages();
const MODEL = { name: 'm', signature_name: 's', version: { value: 7 } };
const STRINGS = 120_000;

function encoded(type: string, message: object): Buffer {
  const definition = loadMessages().lookupType(`tensorflow.serving.${type}`);
  return Buffer.from(definition.encode(definition.fromObject(message)).finish());
}

/** The thread takes the memory of what it reads. */
function copy(bytes: Buffer): Buffer {
  return Buffer.from(bytes);
}

function tensor(dtype: number, values: object, size: number): object {
  return { dtype, tensor_shape: { dim: [{ size }] }, ...values };
}

describe('messages that are large', () => {
  const predict = encoded('PredictRequest', {
    model_spec: MODEL,
    inputs: {
      content: tensor(1, { tensor_content: Buffer.alloc(2_000_000, 7) }, 500_000),
      ints: tensor(9, { int64_val: Array.from({ length: 100_000 }, (_, at) => at - 50_000) }, 100_000),
      texts: tensor(7, { string_val: Array.from({ length: STRINGS }, (_, at) => Buffer.from(`${at}`)) }, STRINGS),
      broken: tensor(1, { tensor_content: Buffer.alloc(3) }, 1),
      unwanted: tensor(1, { float_val: [1] }, 2 ** 29),
    },
    output_filter: ['y'],
  });

  it('are read as those that are not, while others are served', async () => {
    const expected = readPredictRequest(copy(predict));
    const wanted = new Set(['content', 'ints', 'texts', 'broken', 'missing']);
    let most = 0;
    // A busy machine may stop this thread until the other one is ready: then once more.
    for (let tries = 0; tries < 5 && most <= 2; tries += 1) {
      const state = { turns: 0, done: false };
      const turn = (): void => {
        state.turns += 1;
        if (!state.done) setImmediate(turn);
      };
      turn();
      const read = await messages.readPredict(copy(predict), (model) => {
        assert.deepEqual(model, expected.model);
        return wanted;
      });
      state.done = true;
      most = Math.max(most, state.turns);
      assert.deepEqual([read.model, read.outputFilter], [expected.model, expected.outputFilter]);
      assert.deepEqual([...read.inputs.keys()], [...expected.inputs.keys()]);
      for (const alias of ['content', 'ints', 'texts', 'broken'])
        assert.deepEqual(plain(read.inputs.get(alias)?.()), plain(expected.inputs.get(alias)?.()), alias);
    }
    assert.ok(most > 2, `${most} turns of the event loop`);
  });

  it('are refused in the same words', async () => {
    await assert.rejects(
      async () => messages.readPredict(copy(predict), () => new Set(['unwanted'])),
      (error) =>
        error instanceof StatusError && error.code === 'RESOURCE_EXHAUSTED' && error.message.includes('tensor of'),
    );
    const broken = Buffer.concat([predict, Buffer.from([0x0a, 0x7f])]);
    await assert.rejects(async () => messages.readPredict(broken, () => new Set()), MalformedMessage);
    const unknown = new Error('a fault of ours');
    await assert.rejects(
      async () =>
        messages.readPredict(copy(predict), () => {
          throw unknown;
        }),
      unknown,
    );
  });

  it('of examples are read as those that are not', async () => {
    const input = {
      example_list_with_context: {
        examples: Array.from({ length: 100_000 }, (_, at) => ({
          features: { feature: { a: { int64_list: { value: [at] } } } },
        })),
        context: { features: { feature: { c: { float_list: { value: [1.5] } } } } },
      },
    };
    const one = encoded('ClassificationRequest', { model_spec: MODEL, input });
    const expected = readExampleRequest(copy(one));
    const read = await messages.readExamples(copy(one));
    assert.deepEqual(read.model, expected.model);
    assert.deepEqual(Buffer.concat(read.examples), Buffer.concat(expected.examples));
    const tasks = [{ model_spec: MODEL, method_name: 'tensorflow/serving/regress' }];
    const several = encoded('MultiInferenceRequest', { tasks, input });
    const result = await messages.readMultiInference(copy(several));
    assert.deepEqual(result.tasks, readMultiInferenceRequest(copy(several)).tasks);
    assert.equal(result.examples.length, 100_000);
  });

  it('are written as those that are not', async () => {
    const outputs = new Map<string, TensorValue>([
      ['i', { dtype: 'int32', shape: [400_000], data: new Uint8Array(1_600_000).fill(5) }],
      ['s', { dtype: 'string', shape: [2], strings: [Buffer.from('a'), Buffer.from('')] }],
    ]);
    const response = { name: 'm', version: 7n, signatureName: 's', outputs };
    for (const asContent of [false, true]) {
      const expected = writePredictResponse(response, asContent);
      const whole = new Map(outputs).set('i', {
        dtype: 'int32',
        shape: [400_000],
        data: new Uint8Array(1_600_000).fill(5),
      });
      assert.ok(expected.equals(await messages.predictResponse({ ...response, outputs: whole }, asContent)));
    }
  });
});

function plain(value: TensorValue | undefined): unknown {
  if (value === undefined) return undefined;
  const bytes = value.dtype === 'string' ? value.strings.map((text) => Buffer.from(text)) : Buffer.from(value.data);
  return { dtype: value.dtype, shape: value.shape, bytes };
}
