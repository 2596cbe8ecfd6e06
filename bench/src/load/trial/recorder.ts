import type { Outcome } from '../../record/index.js';
import type { SamplesWriter } from '../../samples/index.js';
import type { AnswerChecker, SeenAnswer } from '../answers/answer-checker.js';
import type { Exchange } from '../drivers/driver.js';
import type { HealthMonitor } from './health-monitor.js';
import { Queue } from './queue.js';
import { serverTimingUs } from './server-timing-us.js';
import type { Finish } from './traffic.js';

/** Most failures kept; more would be more of the same. */
const FAILURES_TOLD = 5;
/** Of each the beginning: a server may send any amount of text. */
const FAILURE_LENGTH = 400;
/** Answers of the window that wait for their judgement may hold this much; beyond, the oldest is judged at once. */
const HELD_BYTES = 32 * 1024 * 1024;
/** What an exchange that waits holds besides its answer, about. */
const EXCHANGE_BYTES = 300;

/** The measured part of a trial: requests intended in it are its samples. Instants in ns of `clock`. */
export interface TrialWindow {
  readonly startNs: number;
  readonly endNs: number;
}

export type Recorder = ReturnType<typeof createRecorder>;

/**
 * Makes a sample of every request of the window (method rule 4), once its answer is judged (method rule 13). An answer whose
 * bytes were judged before is judged already; others are read during the warm-up, or after the window: reading one inside it
 * would make the next one late. `bodies`: the requests, by input.
 */
export function createRecorder(
  writer: SamplesWriter,
  checker: AnswerChecker,
  health: HealthMonitor,
  bodies: readonly Buffer[],
) {
  const held = new Queue<{ readonly exchange: Exchange; readonly answer: SeenAnswer }>();
  let heldBytes = 0;
  const failures = new Set<string>();
  let window: TrialWindow = { startNs: Number.POSITIVE_INFINITY, endNs: Number.POSITIVE_INFINITY };

  function note(failure: string): void {
    if (failures.size < FAILURES_TOLD) failures.add(failure.slice(0, FAILURE_LENGTH));
  }

  function write(exchange: Exchange, outcome: Outcome, version: number, reason: string): void {
    if (reason !== '') note(`${outcome}: ${reason}`);
    const { startNs, endNs } = window;
    if (exchange.intendedAtNs < startNs || exchange.intendedAtNs >= endNs) return;
    if (outcome === 'never-sent') health.noteDropped();
    health.noteLag(exchange.lagNs);
    writer.append({
      intendedAtNs: exchange.intendedAtNs - startNs,
      sentAtNs: exchange.sentAtNs - startNs,
      firstByteAtNs: exchange.firstByteAtNs - startNs,
      doneAtNs: exchange.doneAtNs - startNs,
      outcome,
      code: exchange.code,
      bytesOut: bodies[exchange.input]?.length ?? 0,
      bytesIn: exchange.bytesIn,
      input: exchange.input,
      version,
      serverTimingUs: serverTimingUs(exchange.serverTiming),
    });
  }

  function writeJudged(exchange: Exchange, answer: SeenAnswer): void {
    const { right, version, reason } = answer.judgement ?? checker.judge(answer);
    write(exchange, right ? 'ok' : 'wrong-answer', version, reason);
  }

  /** Judges the oldest until no more than `mostBytes` are held. */
  function judgeHeld(mostBytes: number): void {
    for (let { first } = held; first !== undefined && heldBytes > mostBytes; { first } = held) {
      held.shift();
      heldBytes -= EXCHANGE_BYTES + first.answer.body.length;
      writeJudged(first.exchange, first.answer);
    }
  }

  return {
    /** Requests intended before the window is set are warm-up (method rule 6). */
    setWindow: (measured: TrialWindow) => {
      window = measured;
    },
    record(exchange: Exchange, finish: Finish) {
      if (finish.kind !== 'answer') {
        write(
          exchange,
          finish.kind === 'failed' ? finish.outcome : finish.kind,
          exchange.claimedVersion,
          finish.reason,
        );
        return;
      }
      const answer = checker.see(exchange.input, finish.body, exchange.claimedVersion);
      if (answer.judgement !== undefined || exchange.intendedAtNs < window.startNs) {
        writeJudged(exchange, answer);
        return;
      }
      held.push({ exchange, answer });
      heldBytes += EXCHANGE_BYTES + answer.body.length;
      judgeHeld(HELD_BYTES);
    },
    /** Something that went wrong and is no request's end. */
    noteTrouble: note,
    /** Judges all answers that are still waiting for it. */
    finish: () => {
      judgeHeld(0);
    },
    /** Different failures so far, in words. */
    failures: () => [...failures],
  };
}
