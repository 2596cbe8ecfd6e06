import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorLines } from './error-lines.js';

const { signal: goesOn } = new AbortController();

describe('an error', () => {
  it('is told with what caused it, a line each', () => {
    const refused = new AggregateError(
      [new Error('connect ECONNREFUSED ::1'), new Error('connect ECONNREFUSED 127.0.0.1')],
      '',
    );
    const error = new Error('the proxy did not start', {
      cause: new Error('it has no upstream\nlog', { cause: refused }),
    });
    assert.deepEqual(errorLines(error, goesOn), [
      'error: the proxy did not start',
      '  because: it has no upstream',
      '  because: connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1',
    ]);
    assert.deepEqual(errorLines('text', goesOn), ['error: text']);
  });

  it('is not told where it only says that the user has stopped', () => {
    const stopped = AbortSignal.abort();
    assert.deepEqual(errorLines(stopped.reason, stopped), []);
    assert.deepEqual(errorLines(new Error('the disk is full'), stopped), ['error: the disk is full']);
  });
});
