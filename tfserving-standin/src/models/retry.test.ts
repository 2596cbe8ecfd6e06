import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StatusError } from '../status-error.js';
import { retry } from './retry.js';

describe('retry', () => {
  function failing(times: number): { action: () => Promise<string>; tries: () => number } {
    let tries = 0;
    const action = (): Promise<string> => {
      tries += 1;
      return tries <= times ? Promise.reject(new StatusError('DATA_LOSS', `torn ${tries}`)) : Promise.resolve('loaded');
    };
    return { action, tries: () => tries };
  }
  const lines: string[] = [];
  const note = (text: string): void => void lines.push(text);
  const options = {
    maxRetries: 2,
    intervalMs: 1,
    signal: new AbortController().signal,
    log: { info: note, warning: note, error: note },
  };

  it('tries again until it works', async () => {
    const { action, tries } = failing(2);
    assert.equal(await retry('Loading', action, options), 'loaded');
    assert.equal(tries(), 3);
    assert.deepEqual(lines, [
      'Loading failed: DATA_LOSS: torn 1',
      'Retrying of Loading retry: 1',
      'Loading failed: DATA_LOSS: torn 2',
      'Retrying of Loading retry: 2',
    ]);
  });

  it('gives up with the last error', async () => {
    const { action, tries } = failing(9);
    await assert.rejects(retry('Loading', action, { ...options, intervalMs: -1 }), { message: 'torn 3' });
    assert.equal(tries(), 3);
  });

  it('ends at once when nobody wants the result any more', async () => {
    const { action, tries } = failing(9);
    const stop = new AbortController();
    const result = retry('Loading', action, { ...options, intervalMs: 3_600_000, signal: stop.signal });
    setImmediate(() => {
      stop.abort();
    });
    await assert.rejects(result, { message: 'torn 1' });
    assert.equal(tries(), 1);
  });
});
