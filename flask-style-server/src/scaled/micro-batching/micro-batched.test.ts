import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Signature, TensorValue } from '@serving-study/runtime';
import type { Model, Prediction, Tensors } from '../../server.js';
import { microBatched } from './micro-batched.js';
import { concatenateRows, rowCount, rowKey, splitRows } from './rows.js';

const floats = (shape: number[], ...values: number[]): TensorValue => ({
  dtype: 'float',
  shape,
  data: new Uint8Array(Float32Array.from(values).buffer),
});
const rows = (...values: number[]): Tensors => new Map([['x', floats([values.length, 1], ...values)]]);
function numbersOf(tensors: Tensors): number[] {
  const x = tensors.get('x');
  return x?.dtype === 'float' ? [...new Float32Array(Uint8Array.from(x.data).buffer)] : [];
}

function signatureOf(shape: number[] | undefined): Signature {
  return {
    methodName: 'tensorflow/serving/predict',
    inputs: new Map(),
    outputs: new Map([['x', { tensorName: 'x:0', dtype: 'float', shape }]]),
  };
}

/** Doubles every row; each run waits until it is let go. Refuses a batch with a negative number in it. */
class Doubling implements Model {
  readonly version = '1';
  readonly signatures = new Map([
    ['s', signatureOf([-1, 1])],
    ['t', signatureOf(undefined)],
    ['fixed', signatureOf([4])],
  ]);
  readonly batches: number[][] = [];
  readonly #waiting: (() => void)[] = [];

  async predict(_signature: string, inputs: Tensors): Promise<Prediction> {
    const values = numbersOf(inputs);
    this.batches.push(values);
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (values.some((value) => value < 0)) throw new Error('negative');
    return { outputs: rows(...values.map((value) => 2 * value)) };
  }

  async finishAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#waiting.shift()?.();
      await new Promise(setImmediate);
    }
  }
}

describe('rows', () => {
  it('are concatenated and split without loss', () => {
    const parts = [rows(1, 2), rows(3)];
    const whole = concatenateRows(parts);
    assert.deepEqual(whole.get('x')?.shape, [3, 1]);
    assert.deepEqual(numbersOf(whole), [1, 2, 3]);
    assert.deepEqual(splitRows(whole, [2, 1])?.map(numbersOf), [[1, 2], [3]]);
    const strings = [Buffer.from('a'), Buffer.from('b')];
    const texts: Tensors = new Map([['s', { dtype: 'string', shape: [2], strings }]]);
    assert.deepEqual(splitRows(concatenateRows([texts, texts]), [2, 2]), [texts, texts]);
  });

  it('exist only where all tensors share dimension 0', () => {
    assert.equal(rowCount(rows(1, 2)), 2);
    assert.equal(rowCount(new Map([...rows(1), ['y', floats([], 1)]])), undefined);
    assert.equal(splitRows(rows(1, 2), [1, 2]), undefined);
    assert.notEqual(rowKey(rows(1)), rowKey(new Map([['x', floats([1, 2], 1, 2)]])));
  });
});

describe('microBatched', () => {
  it('answers at once when idle, and gathers while busy', async () => {
    const model = new Doubling();
    const batched = microBatched(model, { maxBatchSize: 4, batchesInFlight: 1 });
    const answers = [1, 2, 3, 4, 5, 6].map(async (value) =>
      numbersOf((await batched.predict('s', rows(value))).outputs),
    );
    assert.deepEqual(model.batches, [[1]]);
    await model.finishAll();
    assert.deepEqual(await Promise.all(answers), [[2], [4], [6], [8], [10], [12]]);
    assert.deepEqual(model.batches, [[1], [2, 3, 4, 5], [6]]);
  });

  it('keeps as many batches under way as it may', async () => {
    const model = new Doubling();
    const batched = microBatched(model, { maxBatchSize: 4, batchesInFlight: 2 });
    const answers = [1, 2, 3].map(async (value) => (await batched.predict('s', rows(value))).timing?.queue);
    assert.deepEqual(model.batches, [[1], [2]]);
    await model.finishAll();
    for (const queueMs of await Promise.all(answers)) assert.ok(Number(queueMs) >= 0);
  });

  it('does not mix signatures or shapes, and lets an oversize request run alone', async () => {
    const model = new Doubling();
    const batched = microBatched(model, { maxBatchSize: 2, batchesInFlight: 1 });
    const wide: Tensors = new Map([['x', floats([1, 2], 7, 8)]]);
    const answers = [
      batched.predict('s', rows(0)),
      batched.predict('s', rows(1)),
      batched.predict('t', rows(2)),
      batched.predict('t', wide),
      batched.predict('t', rows(3, 4, 5)),
    ];
    await model.finishAll();
    for (const answer of answers) await answer;
    assert.deepEqual(model.batches, [[0], [1], [2], [7, 8], [3, 4, 5]]);
  });

  it('runs requests alone whose outputs have a fixed number of rows', async () => {
    const model = new Doubling();
    const batched = microBatched(model, { maxBatchSize: 8, batchesInFlight: 1 });
    const answers = [1, 2, 3].map(async (value) => batched.predict('fixed', rows(value)));
    await model.finishAll();
    await Promise.all(answers);
    assert.deepEqual(model.batches, [[1], [2], [3]]);
  });

  it('does not let one bad request fail its neighbours', async () => {
    const model = new Doubling();
    const batched = microBatched(model, { maxBatchSize: 4, batchesInFlight: 1 });
    const answers = Promise.allSettled([0, 1, -1, 2].map(async (value) => batched.predict('s', rows(value))));
    await model.finishAll();
    const outcomes = (await answers).map((answer) =>
      answer.status === 'fulfilled' ? numbersOf(answer.value.outputs) : String(answer.reason),
    );
    assert.deepEqual(outcomes, [[0], [2], 'Error: negative', [4]]);
  });
});
