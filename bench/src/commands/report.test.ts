import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyResults, fixtureResults, observedResults } from '../report/fixture/fixture-results.js';
import { isValid, report } from './report.js';

describe('a run', () => {
  it('is valid by what was measured, or by what was observed where no cell was planned', () => {
    assert.ok(isValid(fixtureResults()));
    assert.ok(isValid(observedResults()));
    assert.ok(!isValid(emptyResults()));
  });

  it('is not valid where every cell failed, whatever claims say of it', () => {
    const results = fixtureResults();
    const cells = results.cells.map((cell) => ({ ...cell, valid: false }));
    const claims = results.claims.map((claim) => ({ ...claim, verdict: 'INCONCLUSIVE' as const }));
    assert.ok(!isValid({ ...results, cells, claims }));
  });
});

it('nothing is said to be computed of a folder that holds no run', async () => {
  const heard: string[] = [];
  const hear = (text: string): void => {
    heard.push(text);
  };
  const options = { progress: { say: hear, now: hear }, failOn: [], json: false, print: hear };
  await assert.rejects(report('/nowhere', options), /\/nowhere is not a run folder: it has no study\.json/);
  assert.deepEqual(heard, []);
});
