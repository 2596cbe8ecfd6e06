import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixtureResults, observedResults } from './fixture/fixture-results.js';
import { verdictLines } from './terminal.js';

describe('the verdicts in a terminal', () => {
  it('are a table as wide as the terminal, with the effect, and count what was not tested', () => {
    const lines = verdictLines(fixtureResults(), { colour: false, columns: 90 });
    assert.match(lines[1] ?? '', /│ Verdict +│ Claim +│ What was found +│/);
    assert.match(lines.join('\n'), /│ REFUTED +│ A proxy answers a single/);
    assert.match(lines.join('\n'), /1\.87×/);
    assert.ok(lines.every(({ length }) => length <= 90));
    assert.match(lines.at(-1) ?? '', /^1 of 7 claims were not tested/);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(lines.join(''), /\u001b/);
  });

  it('are painted on request, and say what a stand-in decides', () => {
    const text = verdictLines(fixtureResults('stand-in'), { colour: true, columns: 200 }).join('\n');
    assert.ok(text.includes('\u001b[90mNOT TESTED'));
    assert.match(text, /the stand-in, which decides nothing, reads REFUTED: 1\.87×/);
  });

  it('say of an observation what was found', () => {
    const text = verdictLines(observedResults(), { colour: false, columns: 120 }).join('\n');
    assert.match(text, /CONFIRMED.*A restart fails requests.*212 failed/);
  });
});
