import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSamplesWriter } from '../../samples/index.js';
import { createAnswerChecker } from '../answers/answer-checker.js';
import { readRestAnswer } from '../answers/rest-answer.js';
import { Exchange } from '../drivers/driver.js';
import { aSpec, floats, samplesOf } from '../testing/a-spec.js';
import type { TrialSpec } from '../trial-spec.js';
import { createHealthMonitor } from './health-monitor.js';
import { createRecorder, type Recorder } from './recorder.js';

const WINDOW = { startNs: 1000, endNs: 2000 };

/** A recorder whose right answer is 1, and how many answers have been read so far. */
function rig(): { recorder: Recorder; reads: () => number; spec: TrialSpec; close: () => void } {
  const spec = aSpec({ kind: 'rest', address: '127.0.0.1:1', path: '/' });
  const writer = openSamplesWriter(spec.samplesFile, spec);
  let reads = 0;
  const checker = createAnswerChecker(
    (body) => {
      reads += 1;
      return readRestAnswer(body);
    },
    [[{ version: 1, outputs: [floats([1])] }]],
  );
  const recorder = createRecorder(writer, checker, createHealthMonitor(), [Buffer.alloc(1)]);
  return {
    recorder,
    reads: () => reads,
    spec,
    close: () => {
      writer.close();
    },
  };
}

function answered(recorder: Recorder, intendedAtNs: number, text: string): void {
  const body = Buffer.from(text);
  recorder.record(new Exchange(0, intendedAtNs, intendedAtNs), { kind: 'answer', body });
  // Its memory is received into again.
  body.fill(0);
}
const answer = (value: number, more = ''): string => `{"predictions":[${value}],"more":"${more}"}`;

describe('recorder', () => {
  it('reads no answer inside the window, and judges each of them in the end', async () => {
    const { recorder, reads, spec, close } = rig();
    answered(recorder, 10, answer(1));
    assert.equal(reads(), 1);
    recorder.setWindow(WINDOW);
    const texts = [answer(1), answer(2), answer(1, 'new'), answer(2), '{', answer(1, 'new')];
    for (const [index, text] of texts.entries()) answered(recorder, WINDOW.startNs + index, text);
    assert.equal(reads(), 1);
    recorder.finish();
    // The same bytes are read once.
    assert.equal(reads(), 4);
    close();
    assert.deepEqual(
      (await samplesOf(spec)).map(({ outcome }) => outcome),
      ['ok', 'wrong-answer', 'ok', 'wrong-answer', 'wrong-answer', 'ok'],
    );
    assert.match(recorder.failures().join('\n'), /number 0 is 2, expected 1\n.*unreadable answer/);
  });

  it('judges the oldest inside the window once they hold too much, and no more of them than it must', async () => {
    const { recorder, reads, spec, close } = rig();
    recorder.setWindow(WINDOW);
    for (let index = 0; index < 50; index++)
      answered(recorder, WINDOW.startNs + index, answer(index % 5 === 0 ? 2 : 1, String(index).padEnd(1_000_000, 'x')));
    assert.ok(reads() > 10 && reads() < 30, `${reads()} of 50 were read`);
    recorder.finish();
    close();
    const outcomes = (await samplesOf(spec)).map(({ outcome }) => outcome);
    assert.deepEqual(
      outcomes,
      outcomes.map((_, index) => (index % 5 === 0 ? 'wrong-answer' : 'ok')),
    );
    assert.equal(outcomes.length, 50);
  });

  it('tells a few different failures, each with no more than its beginning', () => {
    const { recorder, close } = rig();
    for (let index = 0; index < 9; index++) recorder.noteTrouble(`${index} ${'x'.repeat(100_000)}`);
    assert.equal(recorder.failures().length, 5);
    assert.ok(recorder.failures().every((failure) => failure.length < 1000));
    close();
  });
});
