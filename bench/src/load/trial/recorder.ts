import type { Outcome } from '../../record/index.js';
import type { SamplesWriter } from '../../samples/index.js';
import type { AnswerChecker } from '../answers/answer-checker.js';
import { lagNs, type Exchange } from '../drivers/driver.js';
import type { HealthMonitor } from './health-monitor.js';
import { createJudgeQueue } from './judge-queue.js';
import { serverTimingUs } from './server-timing-us.js';
import type { Finish } from './traffic.js';

/** Different failures told; more would be more of the same. */
const FAILURES_TOLD = 5;

/** The measured part of a trial: requests intended in it are its samples. Instants in ns of `createClock`. */
export interface TrialWindow {
  readonly startNs: number;
  readonly endNs: number;
}

/** Makes a sample of every request of the window (method rule 4), once its answer is judged (method rule 13). */
export interface Recorder {
  /** Requests intended before the window is set are warm-up (method rule 6). */
  setWindow(window: TrialWindow): void;
  record(exchange: Exchange, finish: Finish): void;
  /** Judges all answers that are still waiting for it. */
  finish(): void;
  /** Different failures so far, in words. */
  failures(): string[];
}

export function createRecorder(writer: SamplesWriter, checker: AnswerChecker, health: HealthMonitor): Recorder {
  const judging = createJudgeQueue();
  const failures = new Set<string>();
  let window: TrialWindow = { startNs: Number.POSITIVE_INFINITY, endNs: Number.POSITIVE_INFINITY };

  function write(exchange: Exchange, outcome: Outcome, version: number, reason: string): void {
    if (reason !== '' && failures.size < FAILURES_TOLD) failures.add(`${outcome}: ${reason}`);
    const { startNs, endNs } = window;
    if (exchange.intendedAtNs < startNs || exchange.intendedAtNs >= endNs) return;
    if (outcome === 'never-sent') health.noteDropped();
    health.noteLag(lagNs(exchange));
    writer.append({
      intendedAtNs: exchange.intendedAtNs - startNs,
      sentAtNs: exchange.sentAtNs - startNs,
      firstByteAtNs: exchange.firstByteAtNs - startNs,
      doneAtNs: exchange.doneAtNs - startNs,
      outcome,
      code: exchange.code,
      bytesOut: exchange.body.length,
      bytesIn: exchange.bytesIn,
      input: exchange.input,
      version,
      serverTimingUs: serverTimingUs(exchange.serverTiming),
    });
  }

  function record(exchange: Exchange, finish: Finish): void {
    if (finish.kind !== 'answer') {
      write(exchange, finish.kind === 'failed' ? finish.outcome : finish.kind, exchange.claimedVersion, finish.reason);
      return;
    }
    const { body } = finish;
    const known = checker.recognise(exchange.input, body, exchange.claimedVersion);
    if (known !== undefined) {
      write(exchange, 'ok', known.version, '');
      return;
    }
    const kept = Buffer.from(body);
    judging.push(kept.length, () => {
      const { right, version, reason } = checker.judge(exchange.input, kept, exchange.claimedVersion);
      write(exchange, right ? 'ok' : 'wrong-answer', version, reason);
    });
  }

  return {
    setWindow: (measured) => {
      window = measured;
    },
    record,
    finish: () => {
      judging.finish();
    },
    failures: () => [...failures],
  };
}
