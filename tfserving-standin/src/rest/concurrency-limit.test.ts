import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConcurrencyLimit } from './concurrency-limit.js';

describe('the limit of concurrency', () => {
  it('runs so many tasks at a time, the others in their order, also behind failures', async () => {
    const limit = new ConcurrencyLimit(2);
    const started: number[] = [];
    const release: (() => void)[] = [];
    const results = Array.from({ length: 5 }, (_, index) =>
      limit.run(async () => {
        started.push(index);
        await new Promise<void>((resolve) => release.push(resolve));
        if (index === 1) throw new Error('failed');
        return index;
      }),
    );
    const settled = Promise.allSettled(results);
    for (let index = 0; index < 5; index++) {
      assert.deepEqual(started, [0, 1, 2, 3, 4].slice(0, index + 2));
      release[index]?.();
      await Promise.allSettled(results.slice(index, index + 1));
      await new Promise(setImmediate);
    }
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled'],
    );
  });
});
