import { openSamplesWriter, type SamplesWriter } from '../../samples/index.js';
import { createAnswerChecker } from '../answers/answer-checker.js';
import { readGrpcAnswer } from '../answers/grpc-answer.js';
import { readRestAnswer } from '../answers/rest-answer.js';
import { clock } from '../net/index.js';
import { scheduleArrivals } from '../schedule/arrivals.js';
import type { TrialOutcome } from '../trial-outcome.js';
import type { TrialSpec } from '../trial-spec.js';
import type { Connections, KeptConnections } from './connections.js';
import { createHealthMonitor } from './health-monitor.js';
import { ClosedLoop, OpenLoop, type Load } from './load.js';
import { createRecorder, type TrialWindow } from './recorder.js';
import { Traffic } from './traffic.js';

const DEFAULT_MAX_OUTSTANDING = 20_000;
/** How often samples are handed to the operating system: what a kill can lose, besides answers that are not judged yet. */
const FLUSH_NS = 250e6;
/** How long the thread sleeps at most: how late it can be to hear of a cut. */
const LONGEST_WAIT_MS = 20;
/** The window is announced this long before it begins, so that everyone knows of it when its first request ends. */
const LEAD_IN_NS = 10e6;
/** Warm-up arrivals decide nothing, so they need no seed of their own. */
const WARMUP_SEED = 1;

/** A window that others begin too waits for its start, and looks for it so often. */
const START_LOOK_NS = 1e6;

/** What a trial reports while it runs, and how it is stopped. */
export interface TrialContext {
  /** The warm-up is over. */
  onWarm(): void;
  /** True when the window may begin. */
  isStarted(): boolean;
  /** The window begins: whoever counts CPU or reads a server's counters does it now. */
  onWindowStart(startedAt: string, startedAtNs: number): void;
  onWindowEnd(): void;
  /** True when the trial is to end now. */
  isCut(): boolean;
}

/**
 * Runs one trial on this thread, which does nothing else meanwhile: it sleeps in system calls, and no event of node's comes
 * before the trial has ended. Warm-up, then the window, then waiting for what is still under way.
 */
export async function driveTrial(spec: TrialSpec, context: TrialContext, kept: KeptConnections): Promise<TrialOutcome> {
  const connections = await kept.take(spec);
  let isWhole = false;
  try {
    const writer = openSamplesWriter(spec.samplesFile, spec);
    try {
      const outcome = runTrial(spec, context, connections, writer);
      isWhole = !outcome.cut;
      return outcome;
    } finally {
      writer.close();
    }
  } finally {
    // After a cut, answers may come that nobody waits for.
    if (isWhole && spec.keepsConnections === true) kept.keep(spec, connections);
    else connections.network.close();
  }
}

function runTrial(
  spec: TrialSpec,
  context: TrialContext,
  connections: Connections,
  writer: SamplesWriter,
): TrialOutcome {
  const { network, bodies } = connections;
  const openedBefore = network.opened;
  const health = createHealthMonitor();
  const checker = createAnswerChecker(
    spec.target.kind === 'rest' ? readRestAnswer : readGrpcAnswer,
    spec.requests.map(({ expected }) => expected),
  );
  const recorder = createRecorder(writer, checker, health, bodies);
  const traffic = new Traffic({
    connections,
    timeoutMs: spec.timeoutMs,
    maxOutstanding: spec.maxOutstanding ?? DEFAULT_MAX_OUTSTANDING,
    onFinish: (exchange, finish) => {
      recorder.record(exchange, finish);
    },
    onTrouble: (reason) => {
      recorder.noteTrouble(reason);
    },
  });
  const NO_LOAD: Load = { offerDue: () => Number.POSITIVE_INFINITY };
  let load = NO_LOAD;
  let flushAtNs = clock() + FLUSH_NS;

  /** Turns until `isOver`, until `untilNs`, or until the cut. */
  function turn(untilNs: number, isOver: () => boolean = () => false): void {
    while (!isOver() && !context.isCut()) {
      const nowNs = clock();
      if (nowNs >= untilNs) return;
      if (nowNs >= flushAtNs) {
        writer.flush();
        flushAtNs = nowNs + FLUSH_NS;
      }
      const overTimeNs = traffic.expire(nowNs);
      traffic.sendWaiting();
      network.wait(Math.min(load.offerDue(nowNs), overTimeNs, untilNs), LONGEST_WAIT_MS);
    }
  }

  let offered = 0;
  const nextInput = (): number => spec.order[offered++ % spec.order.length] ?? 0;
  const windowAhead = (): TrialWindow => {
    const startNs = clock() + LEAD_IN_NS;
    return { startNs, endNs: startNs + spec.durationMs * 1e6 };
  };
  function untilStarted(): void {
    context.onWarm();
    while (!context.isStarted() && !context.isCut()) turn(clock() + START_LOOK_NS);
  }
  /** Loads the server until shortly before the window begins (method rule 6), and says when it will. */
  function warmUp(): TrialWindow {
    if (spec.load.kind === 'closed') {
      let startNs = Number.POSITIVE_INFINITY;
      // All contestants get the same inputs in the window, however many requests their warm-up took (method rule 2).
      const nextInputAt = (intendedAtNs: number): number => {
        if (intendedAtNs >= startNs) [offered, startNs] = [0, Number.POSITIVE_INFINITY];
        return nextInput();
      };
      // The loop does not pause between warm-up and window: a pause would let all workers start in step.
      const loop = new ClosedLoop(traffic, spec.load.concurrency, nextInputAt, clock());
      load = loop;
      turn(clock() + spec.warmupMs * 1e6);
      untilStarted();
      const window = windowAhead();
      [startNs, loop.endNs] = [window.startNs, window.endNs];
      return window;
    }
    const { schedule } = spec.load;
    // Arrivals at the trial's own mean rate, then a pause until all have ended: a queue left by the warm-up would be counted
    // as the window's.
    if (spec.warmupMs > 0 && schedule.length > 0) {
      const ratePerS = (schedule.length * 1e3) / spec.durationMs;
      const warmup = scheduleArrivals({ kind: 'poisson', ratePerS, durationMs: spec.warmupMs, seed: WARMUP_SEED });
      const loop = new OpenLoop(traffic, warmup, clock(), nextInput);
      load = loop;
      turn(Number.POSITIVE_INFINITY, () => loop.isOver && traffic.isIdle);
    }
    offered = 0;
    untilStarted();
    const window = windowAhead();
    load = new OpenLoop(traffic, schedule, window.startNs, nextInput);
    return window;
  }

  const window = warmUp();
  let startedAt = new Date().toISOString();
  let endedAtNs = window.startNs;
  if (!context.isCut()) {
    recorder.setWindow(window);
    startedAt = new Date().toISOString();
    health.start();
    context.onWindowStart(startedAt, window.startNs);
    turn(window.endNs);
    // What became due while the thread was busy with the last events.
    if (!context.isCut()) load.offerDue(window.endNs);
    endedAtNs = Math.max(window.startNs, Math.min(clock(), window.endNs));
    health.stop();
    context.onWindowEnd();
    // An answer may still be on its way, and belongs to the window.
    load = NO_LOAD;
    traffic.onEnded = () => undefined;
    turn(Number.POSITIVE_INFINITY, () => traffic.isIdle);
    recorder.finish();
  }
  return {
    startedAt,
    startedAtNs: window.startNs,
    durationMs: (endedAtNs - window.startNs) / 1e6,
    samples: writer.count,
    generator: { ...health.report(), connectionsOpened: network.opened - openedBefore },
    cut: context.isCut(),
    failures: recorder.failures(),
  };
}
