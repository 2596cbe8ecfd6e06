import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CLAIMS } from '../questions/index.js';
import type { ClaimVerdict } from '../record/index.js';
import { summariseCell } from '../stats/index.js';
import { aCell, aSteadyTrial } from '../stats/testing/a-trial.js';
import { missedThresholds, parseThreshold } from './thresholds.js';

const claim = CLAIMS[0]?.id ?? '';
const measured = summariseCell(aCell(), [aSteadyTrial(2), aSteadyTrial(2, { block: 1 })]);
const cells = [{ ...measured, valid: true }];

function withVerdict(verdict: ClaimVerdict['verdict']): Parameters<typeof missedThresholds>[1] {
  const rest = {
    sentence: '',
    experiment: '',
    aboutTensorFlowServing: false,
    condition: '',
    reason: 'why',
    effects: [],
  };
  return { cells, claims: [{ claim, verdict, ...rest }] };
}

function misses(text: string, results = withVerdict('CONFIRMED')): string[] {
  return missedThresholds([parseThreshold(text)], results);
}

describe('a threshold', () => {
  it('on a claim fails on what it names', () => {
    assert.equal(misses(`${claim}!=CONFIRMED`, withVerdict('CONFIRMED')).length, 0);
    assert.match(misses(`${claim}!=CONFIRMED`, withVerdict('NOT TESTED'))[0] ?? '', /is NOT TESTED: /);
    assert.equal(misses(`${claim}=REFUTED`, withVerdict('EQUIVALENT')).length, 0);
    assert.equal(misses(`${claim} = REFUTED`, withVerdict('REFUTED')).length, 1);
    assert.match(misses(`${claim}!=CONFIRMED`, { cells, claims: [] })[0] ?? '', /was not put to this run/);
  });

  it('on a figure fails where a cell is beyond it, and where nobody knows', () => {
    assert.deepEqual(misses('p50(headline/flask-style)>3'), []);
    assert.deepEqual(misses('p50(headline/flask-style)>1'), ['p50(headline/flask-style)>1: cell has 2.000']);
    assert.equal(misses('throughput(headline/flask-style)<1000').length, 1);
    assert.equal(misses('failed(headline/flask-style)>0').length, 0);
    assert.match(misses('p99.9(headline/flask-style)>1')[0] ?? '', /too few samples/);
    assert.match(misses('p50(capacity/flask-style)>1')[0] ?? '', /no valid cell/);
    const invalid = { ...measured, cell: aCell(undefined, { id: 'other' }), valid: false };
    const some = { ...withVerdict('CONFIRMED'), cells: [...cells, invalid] };
    assert.deepEqual(misses('failed(headline/flask-style)>0', some), [
      'failed(headline/flask-style)>0: other is not valid',
    ]);
  });

  it('is refused where it names what there is not', () => {
    assert.throws(() => parseThreshold('p50>2'), /is no threshold: claim=VERDICT/);
    assert.throws(() => parseThreshold('nothing=REFUTED'), /no claim is called nothing; there are: /);
    assert.throws(() => parseThreshold(`${claim}=MAYBE`), /no verdict is called MAYBE; there are: CONFIRMED/);
    assert.throws(() => parseThreshold('p50(headline/nobody)>2'), /no contestant is called nobody/);
    assert.throws(() => parseThreshold('p12(headline/flask-style)>1'), /no metric is called p12; there are: p50, p90/);
  });
});
