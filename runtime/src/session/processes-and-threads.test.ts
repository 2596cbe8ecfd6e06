import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { runInProcess } from '../testing/run-in-process.js';
import { countTo, finiteOnly, halfPlusTwo } from '../testing/tiny-models.js';

const PRELUDE = `
  const { requireEngine, SavedModel } = await import(here + 'index.js');
  const { library } = await requireEngine();
  const bytes = (typed) => new Uint8Array(typed.buffer);
  const count = (limit) => new Map([['limit:0', { dtype: 'int64', shape: [], data: bytes(BigInt64Array.of(limit)) }]]);
  const x = new Map([['x:0', { dtype: 'float', shape: [1], data: bytes(Float32Array.of(3)) }]]);
`;

describe('sessions in processes and worker threads', () => {
  let half: string;
  let counter: string;
  before(async () => {
    [half, counter] = await Promise.all([halfPlusTwo(), countTo()]);
  });
  after(() => Promise.all([half, counter].map((directory) => rm(directory, { recursive: true }))));
  const program = (lines: string): string =>
    `${PRELUDE}const half = ${JSON.stringify(half)}, counter = ${JSON.stringify(counter)};${lines}`;

  it('sets the threads of TensorFlow', () => {
    const threadsWith = (threads: number): number => {
      const { stdout, stderr } = runInProcess(
        program(`
          const { readdirSync } = await import('node:fs');
          const model = await SavedModel.load(half, { library, intraOpThreads: ${threads}, interOpThreads: ${threads} });
          await model.run(x, ['y:0']);
          console.log(readdirSync('/proc/self/task').length);`),
      );
      assert.match(stdout, /^\d+$/m, stderr);
      return Number(stdout);
    };
    const few = threadsWith(1);
    const many = threadsWith(9);
    // each pool has 8 more; pools of one thread are not made at all
    assert.ok(many - few >= 16, `${few} threads with 1, ${many} with 9`);
  });

  it('ends a process with a run in flight and a session open, with the exit code asked for', () => {
    const { code, stderr } = runInProcess(
      program(`
        const model = await SavedModel.load(counter, { library });
        void model.run(count(20000n), ['count:0']);
        setImmediate(() => process.exit(7));`),
    );
    assert.equal(code, 7, stderr);
  });

  it('gives the memory of failed runs back, also with more of them than threads', async () => {
    const directory = await finiteOnly();
    const { stdout, stderr } = runInProcess(
      program(`
        const model = await SavedModel.load(${JSON.stringify(directory)}, { library });
        const nan = new Map([['x:0', { dtype: 'float', shape: [750_000], data: bytes(new Float32Array(750_000).fill(NaN)) }]]);
        const fail = (times) => Promise.all(Array.from({ length: 6 }, async () => {
          for (let time = 0; time < times; time += 1)
            await model.run(nan, ['y:0'], { timeoutMs: 30_000 }).then(() => process.exit(1), () => undefined);
        }));
        await fail(5);
        const before = process.memoryUsage.rss();
        await fail(40);
        console.log(Math.round((process.memoryUsage.rss() - before) / 2 ** 20));`),
    );
    await rm(directory, { recursive: true });
    assert.match(stdout, /^-?\d+$/m, stderr);
    assert.ok(Number(stdout) < 250, `240 runs of 3 MB left ${Number(stdout)} MiB`);
  });

  it('lets several worker threads load and run, and be terminated with runs in flight', () => {
    const worker = program(`
      const { parentPort } = await import('node:worker_threads');
      const model = await SavedModel.load(half, { library });
      const [y] = await model.run(x, ['y:0']);
      const endless = await SavedModel.load(counter, { library });
      void endless.run(count(20000n), ['count:0']);
      setInterval(() => {}, 1000);
      parentPort.postMessage(new Float32Array(y.data.buffer)[0]);`);
    const { code, stdout, stderr } = runInProcess(`
      const { Worker } = await import('node:worker_threads');
      const source = 'const here = ' + JSON.stringify(here) + ';' + ${JSON.stringify(worker)};
      const url = new URL('data:text/javascript,' + encodeURIComponent(source));
      await Promise.all([0, 1, 2].map(async () => {
        const thread = new Worker(url);
        console.log(await new Promise((resolve, reject) => { thread.once('message', resolve); thread.once('error', reject); }));
        await thread.terminate();
      }));`);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '3.5\n3.5\n3.5\n');
  });
});
