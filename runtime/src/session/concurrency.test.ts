import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { requireEngine } from '../engine/require-engine.js';
import { floats, int64Scalar, numbersOf } from '../testing/tensors.js';
import { countTo, echo, halfPlusTwo, nested } from '../testing/tiny-models.js';
import { SavedModel } from '../session/saved-model.js';

const { library } = await requireEngine();
/** More steps than any machine counts while the tests run. */
const FOR_EVER = 1n << 60n;

describe('runs at the same time', () => {
  const directories: string[] = [];
  const load = async (made: Promise<string>): Promise<SavedModel> => {
    const directory = await made;
    directories.push(directory);
    return SavedModel.load(directory, { library });
  };
  let model: SavedModel;
  before(async () => {
    model = await load(halfPlusTwo());
  });
  after(async () => {
    await model.close();
    await Promise.all(directories.map((directory) => rm(directory, { recursive: true })));
  });

  it('takes 10 000 at once, more than koffi would queue', async () => {
    const runs = Array.from({ length: 10_000 }, (_, index) => model.run(new Map([['x:0', floats([index])]]), ['y:0']));
    const answers = (await Promise.all(runs)).map(([y]) => numbersOf(y)[0]);
    assert.deepEqual(
      answers,
      Array.from({ length: 10_000 }, (_, index) => index / 2 + 2),
    );
  });

  it('has room for functions that call functions, in every run', async () => {
    const deep = await load(nested(30));
    const runs = Array.from({ length: 100 }, (_, index) => deep.run(new Map([['x:0', floats([index])]]), ['y:0']));
    const answers = (await Promise.all(runs)).map(([y]) => numbersOf(y)[0]);
    assert.deepEqual(
      answers,
      Array.from({ length: 100 }, (_, index) => index + 30),
    );
    await deep.close();
  });

  it('lets a failing run fail alone', async () => {
    const good = new Map([['x:0', floats([2])]]);
    const runs = Array.from({ length: 200 }, (_, index) => model.run(good, [index % 2 === 0 ? 'y:0' : 'nope:0']));
    const outcomes = await Promise.allSettled(runs);
    assert.deepEqual(
      new Set(outcomes.map(({ status }, index) => `${status} ${index % 2}`)),
      new Set(['fulfilled 0', 'rejected 1']),
    );
  });

  it('ends a run that takes longer than its timeout, and the session goes on', async () => {
    const counter = await load(countTo());
    const count = (limit: bigint, timeoutMs?: number): Promise<unknown> =>
      counter.run(
        new Map([['limit:0', int64Scalar(limit)]]),
        ['count:0'],
        timeoutMs === undefined ? {} : { timeoutMs },
      );
    for (const timeoutMs of [50, 0.2])
      await assert.rejects(count(FOR_EVER, timeoutMs), {
        name: 'TensorFlowError',
        code: 'DEADLINE_EXCEEDED',
        message: 'Timed out waiting for notification',
      });
    assert.deepEqual(await count(1000n, 60_000), [int64Scalar(1000n)]);
    await counter.close();
  });

  it('closes only after the runs in flight and in the queue, and refuses later ones', async () => {
    const counter = await load(countTo());
    const feeds = new Map([['limit:0', int64Scalar(2000n)]]);
    const runs = Array.from({ length: 100 }, () => counter.run(feeds, ['count:0']));
    const closed = counter.close();
    await assert.rejects(counter.run(feeds, ['count:0']), {
      code: 'FAILED_PRECONDITION',
      message: 'the session is closed',
    });
    await closed;
    assert.equal(counter.close(), closed, 'closing twice is the same closing');
    assert.deepEqual(new Set((await Promise.all(runs)).flat()).size, 100);
  });

  it('does not grow: numbers, strings, errors and timeouts in turn', async () => {
    const strings = await load(echo(['string']));
    const long = Buffer.alloc(50_000, 'x');
    const text = { dtype: 'string', shape: [8], strings: Array.from({ length: 8 }, () => long) } as const;
    const large = floats(Array.from({ length: 10_240 }, (_, index) => index));
    const mixed = async (rounds: number): Promise<void> => {
      let round = 0;
      const worker = async (): Promise<void> => {
        while (round < rounds) {
          round += 1;
          await model.run(new Map([['x:0', large]]), ['y:0'], { timeoutMs: 60_000 });
          if (round % 10 === 0) await strings.run(new Map([['in_string:0', text]]), ['out_string:0']);
          if (round % 10 === 5) await assert.rejects(model.run(new Map([['x:0', floats([1])]]), ['nope:0']));
        }
      };
      await Promise.all(Array.from({ length: 8 }, worker));
    };
    await mixed(2000);
    const before = process.memoryUsage.rss();
    await mixed(4000);
    const grownMegabytes = (process.memoryUsage.rss() - before) / 1e6;
    // a tensor leaked by each run would be 160 MB, and so would the strings of every tenth run
    assert.ok(grownMegabytes < 90, `grew by ${grownMegabytes} MB over 4000 runs`);
    await strings.close();
  });
});
