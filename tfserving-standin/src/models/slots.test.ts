import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Slots } from './slots.js';

it('runs as many at a time as it has slots, in order, and goes on after a failure', async () => {
  const slots = new Slots(2);
  const finish: (() => void)[] = [];
  const started: number[] = [];
  const runs = [0, 1, 2, 3].map((number) =>
    slots.run(async () => {
      started.push(number);
      await new Promise<void>((resolve) => (finish[number] = resolve));
      if (number === 0) throw new Error('failed');
    }),
  );
  const failed = assert.rejects(runs[0] ?? Promise.resolve(), /failed/);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(started, [0, 1]);
  finish[0]?.();
  await failed;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(started, [0, 1, 2]);
  finish[1]?.();
  finish[2]?.();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(started, [0, 1, 2, 3]);
  finish[3]?.();
  await Promise.all(runs.slice(1));
});
