import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UNKNOWN_VERSION, type ClaimVerdict, type Results } from '../../record/index.js';
import { plainText } from '../document/inline.js';
import { emptyResults, fixtureResults, observedResults } from '../fixture/fixture-results.js';
import { answer } from './answer.js';
import { ReportContext } from './report-context.js';

function answerText(results: Results): string {
  return answer(new ReportContext(results)).map(plainText).join('\n');
}

function withClaims(change: (claim: ClaimVerdict) => ClaimVerdict): Results {
  const results = fixtureResults();
  return { ...results, claims: results.claims.map(change) };
}

describe('the answer', () => {
  it('names who was ahead, by how much, under which load, and where that turns', () => {
    const text = answerText(fixtureResults());
    assert.match(
      text,
      /^With one request at a time, Flask style .* was 1\.87 times as fast as Proxy → TensorFlow Serving by gRPC\./,
    );
    assert.match(text, /95% interval of the factor 1\.83 to 1\.91; closed, 1 client/);
    assert.match(
      text,
      /\nBut with 8 clients asking without pause, Proxy .* answered 1\.46 times as many requests per second as Flask style/,
    );
  });

  it('claims no lead when the interval holds 1, whatever the verdict says', () => {
    const text = answerText(
      withClaims((claim) => ({
        ...claim,
        verdict: 'CONFIRMED',
        effects: claim.effects.map((effect) => ({ ...effect, low: 0.5, high: 2 })),
      })),
    );
    assert.doesNotMatch(text, /times as/);
    assert.match(text, /cannot say which/);
  });

  it('claims no lead from an undecided verdict, whatever the interval says', () => {
    const text = answerText(withClaims((claim) => ({ ...claim, verdict: 'INCONCLUSIVE' })));
    assert.doesNotMatch(text, /times as/);
    assert.match(text, /cannot be told apart by this run/);
  });

  it('calls the range of few blocks no interval', () => {
    const few = (claim: ClaimVerdict): ClaimVerdict => ({
      ...claim,
      verdict: 'INCONCLUSIVE',
      effects: claim.effects.map((effect) => ({ ...effect, pairs: 4 })),
    });
    assert.match(answerText(withClaims(few)), /, range \d/);
    assert.doesNotMatch(answerText(withClaims(few)), /interval/);
  });

  it('says of equivalents that they are', () => {
    assert.match(
      answerText(withClaims((claim) => ({ ...claim, verdict: 'EQUIVALENT' }))),
      /show no difference that matters/,
    );
  });

  it('rests on no INVALID cell', () => {
    const results = fixtureResults();
    const text = answerText({ ...results, cells: results.cells.map((cell) => ({ ...cell, valid: false })) });
    assert.doesNotMatch(text, /times as/);
  });

  it('turns the factor round with the ratio', () => {
    const text = answerText(
      withClaims((claim) => ({
        ...claim,
        effects: claim.effects.map((effect) => ({
          ...effect,
          ratio: 1 / effect.ratio,
          low: 1 / effect.high,
          high: 1 / effect.low,
        })),
      })),
    );
    assert.match(
      text,
      /^With one request at a time, Proxy → TensorFlow Serving by gRPC was 1\.87 times as fast as Flask style/,
    );
  });

  it('says nothing about TensorFlow Serving when a stand-in took its place', () => {
    const text = answerText(fixtureResults('stand-in'));
    assert.match(text, /^This run says nothing about TensorFlow Serving/);
    assert.doesNotMatch(text.split('\n').slice(1).join('\n'), /stand-in|TensorFlow Serving/);
  });

  it('compares nothing when parity failed', () => {
    const results = fixtureResults();
    const { parity } = results.study;
    assert.ok(parity !== undefined);
    const text = answerText({
      ...results,
      study: {
        ...results.study,
        parity: { ...parity, contestants: parity.contestants.map((row) => ({ ...row, outcome: 'differs' as const })) },
      },
    });
    assert.match(text, /No comparison is made/);
    assert.doesNotMatch(text, /times as/);
  });

  it('answers nothing when nothing was measured', () => {
    assert.match(answerText(emptyResults()), /answers nothing.*no contestant could be started/);
  });

  it('tells the verdict of a run that only observed', () => {
    const text = answerText(observedResults());
    assert.doesNotMatch(text, /Nothing was measured/);
    assert.match(text, /CONFIRMED A restart fails requests/);
  });

  it('speaks of a stand-in only where one ran', () => {
    const results = observedResults('stand-in');
    assert.match(answerText(results), /a stand-in took its place/);
    const unknown = { ...results.study.serving, version: UNKNOWN_VERSION };
    const text = answerText({ ...results, study: { ...results.study, serving: unknown } });
    assert.match(text, /TensorFlow Serving: what answered is not known, and counts as a stand-in\./);
    const without = results.experiments.map((each) => ({ ...each, charts: [] }));
    assert.doesNotMatch(answerText({ ...results, experiments: without }), /stand-in/);
  });
});
