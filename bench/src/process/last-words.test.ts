import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastWords } from './last-words.js';

const said = (text: string): string | undefined => lastWords(text.split('\n'));

describe('the last words of a process', () => {
  it('are the error that node ends with, not its stack', () => {
    const text = `node:internal/modules/cjs/loader:1228
  throw err;
  ^

Error: Cannot find module '/x.js'
    at Module._resolveFilename (node:internal/modules/cjs/loader:1225:15) {
  code: 'MODULE_NOT_FOUND',
  requireStack: []
}

Node.js v20.20.2`;
    assert.equal(said(text), "Error: Cannot find module '/x.js'");
  });

  it("are the error that Python ends with, the fatal line of our services' log, or an error before more output", () => {
    const python = 'Traceback (most recent call last):\n  File "app.py", line 3, in <module>\nValueError: no model';
    assert.equal(said(python), 'ValueError: no model');
    const gunicorn = '[2026-11-29 11:02:26 +0000] [18811] [ERROR] ';
    assert.equal(said(`${python}\n${gunicorn}Reason: Worker failed to boot.`), 'ValueError: no model');
    const log =
      '{"level":"info","msg":"loading"}\n{"level":"fatal","err":{"message":"no version 7"},"msg":"could not start"}';
    assert.equal(said(log), 'could not start: no version 7');
    assert.equal(said('E0000 Failed to start server\nI0000 bye'), 'E0000 Failed to start server');
  });

  it('are the last line that says anything where none speaks of trouble; none of a silent process', () => {
    assert.equal(said('one\ntwo\n\n'), 'two');
    assert.equal(lastWords([]), undefined);
    assert.equal(said(`{"msg":`), '{"msg":');
    assert.equal(said('x'.repeat(1000))?.length, 300);
  });
});
