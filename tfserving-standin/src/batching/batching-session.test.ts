import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TensorValue } from '@serving-study/runtime';
import { Metrics } from '../metrics/index.js';
import type { SessionRun } from '../models/session-run.js';
import { BatchScheduler } from './batch-scheduler.js';
import { batchingOptions, type BatchingOptions } from './batching-options.js';
import { BatchingSession } from './batching-session.js';

function tensor(shape: readonly number[], ...values: number[]): TensorValue {
  return { dtype: 'uint8', shape, data: Uint8Array.from(values) };
}

function column(...values: number[]): TensorValue {
  return tensor([values.length, 1], ...values);
}

const IN_MEMORY: BatchingOptions = { ...batchingOptions(undefined, 1), maxBatchSize: 4, maxExecutionBatchSize: 4 };

/** A session that keeps what it is asked to run until it is told to answer: `x` comes back as `y`. */
class HeldSession {
  readonly batches: number[][] = [];
  readonly timeouts: number[] = [];
  readonly metrics = new Metrics();
  readonly batching: BatchingSession;
  readonly #held: (() => void)[] = [];
  hold = false;

  constructor(options: Partial<BatchingOptions> = {}, answer?: SessionRun) {
    const run: SessionRun = async (feeds, fetches, timeoutMs) => {
      const x = feeds.get('x:0');
      this.batches.push(x === undefined || x.dtype === 'string' ? [] : [...x.data]);
      this.timeouts.push(timeoutMs);
      if (this.hold) await new Promise<void>((resolve) => this.#held.push(resolve));
      if (answer !== undefined) return answer(feeds, fetches, timeoutMs);
      return x === undefined ? [] : fetches.map(() => x);
    };
    const all = { ...IN_MEMORY, ...options };
    this.batching = new BatchingSession(run, new BatchScheduler(all.threads), all, this.metrics);
  }

  run(x: TensorValue, timeoutMs = 0, fetch = 'y:0'): Promise<string> {
    return this.batching
      .run(new Map([['x:0', x]]), [fetch], timeoutMs)
      .then(([y]) => (y === undefined || y.dtype === 'string' ? '' : [...y.data].join(' ')));
  }

  release(): void {
    this.hold = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('batching', () => {
  it('joins what comes together, and gives everyone their own rows', async () => {
    const session = new HeldSession();
    assert.deepEqual(await Promise.all([session.run(column(1)), session.run(column(2, 3)), session.run(column(4))]), [
      '1',
      '2 3',
      '4',
    ]);
    assert.deepEqual(session.batches, [[1, 2, 3, 4]]);
  });

  it('closes a batch that the next request does not fit into', async () => {
    const session = new HeldSession();
    await Promise.all([session.run(column(1, 2, 3)), session.run(column(4, 5))]);
    assert.deepEqual(session.batches, [
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('waits for more until the batch is full', async () => {
    const session = new HeldSession({ timeoutMs: 3_600_000 });
    const first = session.run(column(1));
    await session.settle();
    assert.deepEqual(session.batches, []);
    const second = session.run(column(2, 3, 4));
    assert.deepEqual(await Promise.all([first, second]), ['1', '2 3 4']);
    assert.deepEqual(session.batches, [[1, 2, 3, 4]]);
  });

  it('waits for more until the timeout', async () => {
    const session = new HeldSession({ timeoutMs: 100 });
    const startedAtMs = performance.now();
    assert.equal(await session.run(column(1)), '1');
    // A timer may be a millisecond early.
    assert.ok(performance.now() - startedAtMs >= 99);
  });

  it('runs a full batch without waiting', async () => {
    const session = new HeldSession({ timeoutMs: 3_600_000 });
    assert.equal(await session.run(column(1, 2, 3, 4)), '1 2 3 4');
  });

  it('keeps other sets of outputs apart', async () => {
    const session = new HeldSession();
    await Promise.all([session.run(column(1)), session.run(column(2), 0, 'z:0')]);
    assert.deepEqual(session.batches, [[1], [2]]);
  });

  it('refuses what is too large and what the queue has no room for', async () => {
    const session = new HeldSession({ maxEnqueuedBatches: 1 });
    await assert.rejects(session.run(column(1, 2, 3, 4, 5)), {
      code: 'INVALID_ARGUMENT',
      message: 'Task size 5 is larger than maximum input batch size 4',
    });
    session.hold = true;
    const running = session.run(column(1, 2, 3, 4));
    await session.settle();
    const queued = session.run(column(5, 6, 7));
    await assert.rejects(session.run(column(8, 9)), {
      code: 'UNAVAILABLE',
      message:
        'The batch scheduling queue to which this task was submitted is full; currently 1 batches enqueued and ' +
        'max_enqueued_batches is 1',
    });
    const fits = session.run(column(8));
    session.release();
    assert.deepEqual(await Promise.all([running, queued, fits]), ['1 2 3 4', '5 6 7', '8']);
  });

  it('splits large requests, as far as the queue has room', async () => {
    const session = new HeldSession({ split: true, maxBatchSize: 8, maxExecutionBatchSize: 2, maxEnqueuedBatches: 3 });
    assert.equal(await session.run(column(1, 2, 3, 4, 5)), '1 2 3 4 5');
    assert.deepEqual(session.batches, [[1, 2], [3, 4], [5]]);
    session.hold = true;
    const running = session.run(column(1, 2, 3, 4, 5, 6));
    await session.settle();
    await assert.rejects(session.run(column(1, 2, 3, 4, 5, 6)), {
      code: 'UNAVAILABLE',
      message:
        'The batch scheduling queue to which this task was submitted is full; task size is 6 but scheduling capacity is ' +
        'only 2 (num_enqueued_batches=2, max_enqueued_batches=3, open_batch_size=2, max_execution_batch_size=2)',
    });
    session.release();
    assert.equal(await running, '1 2 3 4 5 6');
  });

  it('does not make up an answer for a request whose parts were padded to different shapes', async () => {
    const session = new HeldSession({ split: true, maxExecutionBatchSize: 3, padInputs: true });
    const wide = session.run(tensor([2, 3], 1, 2, 3, 1, 2, 3));
    await assert.rejects(session.run(column(4, 5, 6)), {
      code: 'FAILED_PRECONDITION',
      message: /padded to different shapes, so that its output 'y:0' has no shape/,
    });
    assert.equal(await wide, '1 2 3 1 2 3');
    assert.equal(await session.run(column(4, 5, 6, 7)), '4 5 6 7');
  });

  it('rounds up to allowed sizes with the first row of the last request', async () => {
    const session = new HeldSession({ allowedBatchSizes: [2, 4] });
    assert.deepEqual(await Promise.all([session.run(column(1)), session.run(column(7, 8))]), ['1', '7 8']);
    assert.deepEqual(session.batches, [[1, 7, 8, 7]]);
  });

  it('pads inputs of different shapes when it may, and refuses all of the batch when not', async () => {
    const padding = new HeldSession({ padInputs: true });
    await Promise.all([padding.run(tensor([1, 1], 5)), padding.run(tensor([1, 3], 1, 2, 3))]);
    assert.deepEqual(padding.batches, [[5, 5, 5, 1, 2, 3]]);
    const empty = [padding.run(tensor([1, 0, 2])), padding.run(tensor([1, 0, 3]))];
    assert.deepEqual(await Promise.all(empty), ['', '']);
    await assert.rejects(Promise.all([padding.run(tensor([1, 0])), padding.run(column(1))]), {
      code: 'INVALID_ARGUMENT',
      message: 'Got empty tensor in batch of non-empty tensors.',
    });
    await assert.rejects(padding.run(tensor([1, 1, 1, 1, 1, 1, 1], 1)), {
      message: 'Only tensors with rank from 1 to 6 can be padded.',
    });
    const strict = new HeldSession();
    const results = await Promise.allSettled([strict.run(tensor([1, 2], 1, 2)), strict.run(tensor([1, 3], 1, 2, 3))]);
    for (const result of results) {
      assert.equal(result.status, 'rejected');
      assert.match(
        String(result.reason),
        /Tensors with name 'x:0' from different tasks have different shapes and padding is/,
      );
    }
  });

  it('refuses a batch of different types', async () => {
    const session = new HeldSession();
    const other: TensorValue = { dtype: 'int8', shape: [1, 1], data: Uint8Array.from([1]) };
    await assert.rejects(Promise.all([session.run(column(1)), session.run(other)]), {
      code: 'INTERNAL',
      message:
        'Tensor concat operation failed: INVALID_ARGUMENT: Cannot concatenate tensors that have different data types. ' +
        'Got uint8 and int8.',
    });
  });

  it('refuses inputs and outputs that have no rows to join or hand out', async () => {
    const { batching } = new HeldSession();
    const run = (feeds: Record<string, TensorValue>) => batching.run(new Map(Object.entries(feeds)), ['y:0'], 0);
    await assert.rejects(run({}), { message: 'Batching Run() must have at least one input tensor' });
    await assert.rejects(run({ 'x:0': tensor([], 1) }), {
      message: 'Batching Run() input tensors must have at least one dimension',
    });
    await assert.rejects(run({ 'x:0': column(1), 'k:0': column(1, 2) }), {
      message: 'Batching Run() input tensors must have equal 0th-dimension size',
    });
    const scalar = new HeldSession({}, () => Promise.resolve([tensor([], 1)]));
    await assert.rejects(scalar.run(column(1)), {
      code: 'FAILED_PRECONDITION',
      message: 'Batched output tensor has 0 dimensions',
    });
    const short = new HeldSession({}, () => Promise.resolve([column(1)]));
    await assert.rejects(short.run(column(1, 2)), {
      code: 'FAILED_PRECONDITION',
      message:
        "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors",
    });
  });

  it('answers a request without rows at once, on its own', async () => {
    const session = new HeldSession({ timeoutMs: 3_600_000 });
    assert.equal(await session.run(tensor([0])), '');
    assert.deepEqual(session.batches, [[]]);
  });

  it('gives up requests whose time ran out in the queue, and runs with the longest time left', async () => {
    const session = new HeldSession();
    session.hold = true;
    const running = session.run(column(1, 2, 3, 4));
    await session.settle();
    const late = assert.rejects(session.run(column(5), 1), {
      code: 'RESOURCE_EXHAUSTED',
      message: 'Run() timeout exceeded while waiting in batching queue',
    });
    const out = performance.now() + 1;
    while (performance.now() <= out) await new Promise(setImmediate);
    session.release();
    await Promise.all([running, late]);
    await Promise.all([session.run(column(1), 60_000), session.run(column(2), 90_000)]);
    const left = session.timeouts.at(-1) ?? 0;
    assert.ok(left > 60_000 && left <= 90_000, String(left));
    await Promise.all([session.run(column(1), 60_000), session.run(column(2))]);
    assert.equal(session.timeouts.at(-1), 0);
  });

  it('counts batches, their sizes and the requests in them', async () => {
    const session = new HeldSession({ allowedBatchSizes: [4] });
    await Promise.all([session.run(column(1)), session.run(column(2))]);
    const page = session.metrics.page();
    for (const line of [
      ':tensorflow:serving:batching_session:input_batch_size_count{} 2',
      ':tensorflow:serving:batching_session:padding_size_sum{execution_batch_size="4"} 2',
      ':tensorflow:serving:batching_session:processed_batch_size_sum{} 4',
      ':tensorflow:serving:batching_session:queuing_latency_count{thread_pool_name=""} 2',
      ':tensorflow:serving:batching_session:wrapped_run_count{} 1',
    ])
      assert.ok(page.includes(`${line}\n`), line);
  });
});

describe('batch threads', () => {
  it('are shared by all queues in turn', async () => {
    const scheduler = new BatchScheduler(1);
    const order: string[] = [];
    const queues = ['a', 'b'].map((name) =>
      scheduler.addQueue({ ...IN_MEMORY, maxExecutionBatchSize: 1 }, (tasks) => {
        order.push(name);
        for (const task of tasks) task.resolve(new Map());
        return Promise.resolve();
      }),
    );
    const done: Promise<unknown>[] = [];
    for (const queue of [queues[0], queues[0], queues[1], queues[1]])
      done.push(
        new Promise((resolve, reject) =>
          queue?.add({ rows: 1, feeds: new Map(), timeoutMs: 0, enqueuedMs: performance.now(), resolve, reject }),
        ),
      );
    await Promise.all(done);
    assert.deepEqual(order, ['a', 'b', 'a', 'b']);
    for (const queue of queues) scheduler.removeQueue(queue);
  });
});
