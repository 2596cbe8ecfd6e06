import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixtureResults } from './fixture/fixture-results.js';
import { verdictLines } from './terminal.js';

describe('the verdicts in a terminal', () => {
  it('name what was decided with its effect, and count the rest', () => {
    const lines = verdictLines(fixtureResults('tensorflow-serving', [8]), false);
    assert.match(lines[0] ?? '', /^(CONFIRMED|REFUTED) {4,}An Express service/);
    assert.match(lines[1] ?? '', /^ {14}\S/);
    assert.match(lines.at(-1) ?? '', /^1 of 8 claims were not tested/);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(lines.join(''), /\u001b/);
  });

  it('are painted on request, and say what a stand-in decides', () => {
    const lines = verdictLines(fixtureResults('stand-in', [8]), true);
    assert.ok(lines.some((line) => line.startsWith('\u001b[90mNOT TESTED')));
    assert.ok(lines.some((line) => line.includes('the stand-in, which decides nothing, reads REFUTED')));
  });
});
