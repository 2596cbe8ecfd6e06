import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isValid } from '../../commands/report.js';
import type { Results } from '../../record/index.js';
import { plainText } from '../document/inline.js';
import { emptyResults, fixtureResults, interruptedResults, observedResults } from '../fixture/fixture-results.js';
import { rerunCommand } from './environment.js';
import { ReportContext } from './report-context.js';

import { validityLight } from './validity.js';

function light(results: Results): { tone: string; text: string } {
  const { tone, points } = validityLight(new ReportContext(results));
  return { tone, text: points.map(plainText).join('\n') };
}

describe('the validity light', () => {
  const whole = fixtureResults();
  const sound: Results = {
    ...whole,
    study: { ...whole.study, notTested: [] },
    cells: whole.cells.map((cell) => ({ ...cell, valid: true })),
  };

  it('is green when every planned cell passed every gate', () => {
    assert.equal(light(sound).tone, 'good');
  });

  it('gives a reason once, with all that was left out for it', () => {
    const notTested = ['flask-style', 'gpu', 'proxy-grpc'].map((subject) => ({
      subject,
      reason: subject === 'gpu' ? 'there is none' : 'digits are lost',
    }));
    const { text } = light({ ...sound, study: { ...sound.study, notTested } });
    assert.match(
      text,
      /Not tested: flask-style, proxy-grpc \(digits are lost\)\.\nNot tested: gpu \(there is none\)\./,
    );
  });

  it('tells who predicts otherwise from who does not take the requests', () => {
    const { parity } = sound.study;
    assert.ok(parity !== undefined);
    const words = (outcome: 'same' | 'differs' | 'cannot feed', inputs = 1): string => {
      const contestants = parity.contestants.map((each, i) => (i === 0 ? { ...each, outcome } : each));
      return light({ ...sound, study: { ...sound.study, parity: { ...parity, inputs, contestants } } }).text;
    };
    assert.match(words('same'), /all contestants agree on 1 input\./);
    assert.match(words('same', 2), /agree on 2 inputs\./);
    assert.match(words('cannot feed'), /all contestants that answer agree on 1 input; .* who does not answer, and why/);
    assert.match(words('differs'), /Parity FAILED for some contestants/);
  });

  it('is amber, with the count, when a cell is INVALID', () => {
    const { tone, text } = light(whole);
    assert.equal(tone, 'warn');
    assert.match(
      text,
      /18 of 19 measured cells passed every gate\.\n[^]*\n1 cell is INVALID and decides nothing: why\./,
    );
  });

  it('is amber when a server died on the way, and says what became of it', () => {
    const at = whole.study.startedAt;
    const events = [{ at, contestant: 'flask-style', what: 'the process has ended; it is restarted' }];
    const { tone, text } = light({ ...sound, study: { ...sound.study, events } });
    assert.equal(tone, 'warn');
    assert.match(text, /\nFlask style.*: the process has ended; it is restarted\./);
  });

  it('is amber when the run was interrupted, and says what is missing', () => {
    const { tone, text } = light(interruptedResults());
    assert.equal(tone, 'warn');
    assert.match(text, /14 of 19 planned cells were not measured/);
    assert.match(text, /stopped by Ctrl-C/);
  });

  it('is red when parity failed or was not checked', () => {
    const { parity, ...unchecked } = sound.study;
    assert.ok(parity !== undefined);
    const contestants = parity.contestants.map((row) => ({ ...row, outcome: 'differs' as const }));
    assert.equal(light({ ...sound, study: { ...sound.study, parity: { ...parity, contestants } } }).tone, 'bad');
    assert.equal(light({ ...sound, study: unchecked }).tone, 'bad');
  });

  it('asks for no parity of the bare engine alone', () => {
    const { parity: _, ...study } = sound.study;
    const [first] = study.contestants;
    assert.ok(first !== undefined);
    const { tone, text } = light({ ...sound, study: { ...study, contestants: [{ ...first, role: 'engine' }] } });
    assert.equal(tone, 'good');
    assert.match(text, /The bare engine ran alone/);
  });

  it('says that the run is not valid where the exit status does, and only there', () => {
    for (const [count, words] of [
      [0, 'Red: Not valid'],
      [1, 'Red: Mostly not valid'],
      [sound.cells.length - 1, 'Amber: Valid with exceptions'],
    ] as const) {
      const results = { ...sound, cells: sound.cells.map((cell, at) => ({ ...cell, valid: at < count })) };
      const { word, title } = validityLight(new ReportContext(results));
      assert.deepEqual([`${word}: ${title}`, isValid(results)], [words, count > 0]);
    }
  });

  it('does not say of observations that nothing was measured', () => {
    const { tone, text } = light(observedResults());
    assert.equal(tone, 'warn');
    assert.match(text, /1 question was answered by observation/);
    assert.doesNotMatch(text, /No cell was measured/);
  });

  it('is red when nothing was measured', () => {
    assert.equal(light(emptyResults()).tone, 'bad');
  });
});

describe('rerunCommand', () => {
  const cell = { experiment: 'headline', contestant: 'flask-style' };
  for (const [command, again] of [
    ['npm run study -- ', 'npm run study -- --only headline --contestants flask-style'],
    [
      'npm run study -- --profile standard --seed 7',
      'npm run study -- --profile standard --seed 7 --only headline --contestants flask-style',
    ],
    [
      'npm run study -- --only network --resume reports/x --seed 7',
      'npm run study -- --seed 7 --only headline --contestants flask-style',
    ],
    [
      'npm run bench -- --targets flask-style=http://127.0.0.1:8601',
      'npm run bench -- --targets flask-style=http://127.0.0.1:8601 --only headline --contestants flask-style',
    ],
  ] as const) {
    it(`narrows: ${command}`, () => {
      assert.equal(rerunCommand(command, cell), again);
    });
  }
});
