import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CellResult, Results, Verdict } from '../../record/index.js';
import { anOwnModel } from '../../record/testing/an-own-model.js';
import { plainText } from '../document/inline.js';
import { fixtureResults } from '../fixture/fixture-results.js';
import { buildReport } from './build-report.js';
import { ownModelAnswer } from './own-model.js';
import { ReportContext } from './report-context.js';

function told({ cells, ...results }: Results): string[] {
  return ownModelAnswer(new ReportContext({ ...results, cells }), cells).map(plainText);
}

function withSplit(split: CellResult['split']): Results {
  const results = fixtureResults();
  return { ...results, cells: results.cells.map((cell) => ({ ...cell, split })) };
}

function withBatching(verdict: Verdict): Results {
  const results = fixtureResults();
  const [first] = results.claims;
  assert.ok(first !== undefined);
  return { ...results, claims: [{ ...first, claim: 'server-batching-helps', verdict }] };
}

describe('the first screen of a run about a user’s own model', () => {
  it('names the part of a request that takes longest, in words for each part', () => {
    for (const [part, words] of [
      ['parse', 'reading the request'],
      ['upstream inference', 'the model itself'],
      ['server, rest', 'TensorFlow Serving around the model'],
      ['upstream server, rest', 'TensorFlow Serving around the model'],
      ['upstream queue', 'waiting in a queue'],
      ['upstream, rest', 'the way between proxy and TensorFlow Serving'],
    ] as const) {
      const [first = ''] = told(withSplit([{ part, ms: 3 }, { part: 'unaccounted', ms: 1 }])); // prettier-ignore
      assert.match(first, new RegExp(`^Most of the time of one request goes into ${words}: 75% of 4\\.00 ms with `));
    }
    const parts = ['parse', 'queue', 'serialise', 'inference'].map((part, i) => ({ part, ms: 1 + i / 10 }));
    assert.match(
      told(withSplit(parts))[0] ?? '',
      /^The largest part of the time of one request goes into the model itself: /,
    );
    // The counters of TensorFlow Serving hold a slow warm-up too.
    const beyond = [{ part: 'inference', ms: 510 }, { part: 'unaccounted', ms: -1 }]; // prettier-ignore
    assert.match(told(withSplit(beyond))[0] ?? '', /: 100% of 509 ms with Flask style .*; 100% of 509 ms with Proxy/);
  });

  it('says what would change it only where a verdict is decided', () => {
    const sentences = (verdict: Verdict): string[] =>
      told(withBatching(verdict)).filter((text) => text.startsWith('Batching'));
    assert.match(sentences('CONFIRMED')[0] ?? '', /^Batching in TensorFlow Serving would help\./);
    assert.match(sentences('REFUTED')[0] ?? '', /would not help\./);
    assert.deepEqual([...sentences('INCONCLUSIVE'), ...sentences('NOT TESTED')], []);
  });

  it('shows no figure of another model', () => {
    const results = fixtureResults();
    const page = (study: Results['study']): string => JSON.stringify(buildReport({ ...results, study }).opening);
    assert.match(page(results.study), /62\.4/);
    assert.doesNotMatch(page({ ...results.study, own: anOwnModel() }), /62\.4/);
  });
});
