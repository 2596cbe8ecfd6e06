import type { Outcome } from '../../record/index.js';
import { openSamplesWriter } from '../../samples/index.js';
import { createAnswerChecker } from '../answers/answer-checker.js';
import { readGrpcAnswer } from '../answers/grpc-answer.js';
import { readRestAnswer } from '../answers/rest-answer.js';
import type { Driver, DriverEvents, Exchange } from '../drivers/driver.js';
import { createGrpcDriver } from '../drivers/grpc-driver.js';
import { createRestDriver } from '../drivers/rest-driver.js';
import { createClock, createPacer } from '../pacing/index.js';
import { scheduleArrivals } from '../schedule/index.js';
import type { TrialOutcome } from '../trial-outcome.js';
import type { TrialSpec } from '../trial-spec.js';
import { runClosedLoop } from './closed-loop.js';
import { createHealthMonitor } from './health-monitor.js';
import { createJudgeQueue } from './judge-queue.js';
import { runOpenLoop, type OpenLoop } from './open-loop.js';
import { serverTimingUs } from './server-timing-us.js';
import { createTraffic, type Finish } from './traffic.js';

const DEFAULT_TOLERANCE = { absolute: 1e-5, relative: 1e-4 };
const DEFAULT_OPEN_CONNECTIONS = 256;
const DEFAULT_MAX_OUTSTANDING = 20_000;
/** How often samples are handed to the operating system: what a kill can lose. */
const FLUSH_MS = 250;
/** Told failures; more would be more of the same. */
const FAILURES_TOLD = 5;
/** Between the last thing done before the window and its first request. */
const LEAD_IN_NS = 20e6;
/** Warm-up arrivals decide nothing, so they need no seed of their own. */
const WARMUP_SEED = 1;

/** What a trial tells while it runs. */
export interface TrialEvents {
  /** The window begins: whoever counts CPU or reads a server's counters does it now. */
  onWindowStart(startedAt: string, startedAtNs: number): void;
  onWindowEnd(): void;
}

/** Runs one trial in this process, which should do nothing else meanwhile: `startGenerator` gives it one of its own. */
export async function driveTrial(spec: TrialSpec, events: TrialEvents, signal: AbortSignal): Promise<TrialOutcome> {
  const clock = createClock();
  const writer = openSamplesWriter(spec.samplesFile, spec);
  const health = createHealthMonitor(clock);
  const judging = createJudgeQueue();
  const failures = new Set<string>();
  const checker = createAnswerChecker(
    spec.target.kind === 'rest' ? readRestAnswer : readGrpcAnswer,
    spec.requests.map(({ expected }) => expected),
    spec.tolerance ?? DEFAULT_TOLERANCE,
  );
  const wakes: { loop: OpenLoop | undefined } = { loop: undefined };
  const pacer = await createPacer(() => wakes.loop?.onWake());

  let windowNs = { start: Number.POSITIVE_INFINITY, end: Number.POSITIVE_INFINITY };
  const inWindow = (instantNs: number): boolean => instantNs >= windowNs.start && instantNs < windowNs.end;
  let offered = 0;
  const nextInput = (): number => spec.order[offered++ % spec.order.length] as number;

  function record(exchange: Exchange, outcome: Outcome, version: number, reason: string): void {
    if (reason !== '' && failures.size < FAILURES_TOLD) failures.add(`${outcome}: ${reason}`);
    if (!inWindow(exchange.intendedAtNs)) return;
    if (outcome === 'never-sent') health.noteDropped();
    writer.append({
      intendedAtNs: exchange.intendedAtNs - windowNs.start,
      sentAtNs: exchange.sentAtNs - windowNs.start,
      firstByteAtNs: exchange.firstByteAtNs - windowNs.start,
      doneAtNs: exchange.doneAtNs - windowNs.start,
      outcome,
      code: exchange.code,
      bytesOut: exchange.body.length,
      bytesIn: exchange.bytesIn,
      input: exchange.input,
      version,
      serverTimingUs: serverTimingUs(exchange.serverTiming),
    });
  }

  function onFinish(exchange: Exchange, finish: Finish): void {
    if (finish.kind !== 'answer') {
      record(exchange, finish.kind === 'failed' ? finish.outcome : finish.kind, exchange.claimedVersion, finish.reason);
      return;
    }
    const known = checker.recognise(exchange.input, finish.body, exchange.claimedVersion);
    if (known !== undefined) {
      record(exchange, 'ok', known.version, '');
      return;
    }
    judging.push(finish.body.length, () => {
      const { right, version, reason } = checker.judge(exchange.input, finish.body, exchange.claimedVersion);
      record(exchange, right ? 'ok' : 'wrong-answer', version, reason);
    });
  }

  const traffic = createTraffic({
    createDriver: (driverEvents) => createDriver(spec, clock, driverEvents),
    bodies: spec.requests.map(({ body }) => Buffer.from(body.buffer, body.byteOffset, body.byteLength)),
    timeoutMs: spec.timeoutMs,
    maxOutstanding: spec.maxOutstanding ?? DEFAULT_MAX_OUTSTANDING,
    clock,
    onFinish,
    onTaken: (lagNs) => {
      if (measuring) health.noteLag(lagNs);
    },
  });
  let measuring = false;
  const flushing = setInterval(() => {
    writer.flush();
  }, FLUSH_MS);

  let startedAt = new Date().toISOString();
  function openWindow(): void {
    startedAt = new Date().toISOString();
    measuring = true;
    health.start();
    events.onWindowStart(startedAt, windowNs.start);
  }
  let endedAtNs = 0;
  let measured = false;
  function closeWindow(): void {
    if (!measuring) return;
    measuring = false;
    measured = true;
    endedAtNs = Math.min(clock(), windowNs.end);
    events.onWindowEnd();
  }
  const cutting = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const orCut = async (work: Promise<void>): Promise<void> => Promise.race([work, cutting]);
  const until = (instantNs: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, Math.max(0, (instantNs - clock()) / 1e6)));

  try {
    if (spec.load.kind === 'closed') {
      const begunNs = clock();
      windowNs = window(begunNs + spec.warmupMs * 1e6, spec.durationMs);
      runClosedLoop(traffic, spec.load.concurrency, nextInput, clock, windowNs.end);
      await orCut(until(windowNs.start));
    } else {
      if (spec.warmupMs > 0 && !signal.aborted) {
        const ratePerS = Math.max(1, (spec.load.schedule.length * 1e3) / spec.durationMs);
        const warmup = scheduleArrivals({ kind: 'poisson', ratePerS, durationMs: spec.warmupMs, seed: WARMUP_SEED });
        wakes.loop = runOpenLoop(traffic, warmup, clock(), nextInput, clock, pacer);
        await orCut(wakes.loop.finished);
        wakes.loop.stop();
        await orCut(traffic.drained());
      }
      offered = 0;
      windowNs = window(clock() + LEAD_IN_NS, spec.durationMs);
    }
    if (!signal.aborted) {
      openWindow();
      if (spec.load.kind === 'open') {
        wakes.loop = runOpenLoop(traffic, spec.load.schedule, windowNs.start, nextInput, clock, pacer);
        await orCut(wakes.loop.finished);
        wakes.loop.stop();
      }
      await orCut(until(windowNs.end));
    }
    const generator = health.stop();
    closeWindow();
    if (signal.aborted) traffic.abandon();
    await orCut(traffic.drained());
    judging.finish();
    return {
      startedAt,
      startedAtNs: Number.isFinite(windowNs.start) ? windowNs.start : clock(),
      durationMs: measured ? (endedAtNs - windowNs.start) / 1e6 : 0,
      samples: writer.count,
      generator,
      cut: signal.aborted,
      failures: [...failures],
    };
  } finally {
    clearInterval(flushing);
    traffic.abandon();
    writer.close();
    await Promise.all([traffic.close(), pacer.close()]);
  }
}

function window(start: number, durationMs: number): { start: number; end: number } {
  return { start, end: start + durationMs * 1e6 };
}

function createDriver(spec: TrialSpec, clock: () => number, events: DriverEvents): Driver {
  switch (spec.target.kind) {
    case 'rest': {
      const wanted = spec.load.kind === 'closed' ? spec.load.concurrency : DEFAULT_OPEN_CONNECTIONS;
      return createRestDriver(spec.target, spec.connections ?? wanted, clock, events);
    }
    case 'grpc':
      return createGrpcDriver(spec.target, spec.connections ?? 1, clock, events);
  }
}
