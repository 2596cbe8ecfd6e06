import { openSamplesWriter } from '../../samples/index.js';
import { createAnswerChecker } from '../answers/answer-checker.js';
import { readGrpcAnswer } from '../answers/grpc-answer.js';
import { readRestAnswer } from '../answers/rest-answer.js';
import type { Driver, DriverEvents } from '../drivers/driver.js';
import { createGrpcDriver } from '../drivers/grpc-driver.js';
import { createRestDriver } from '../drivers/rest-driver.js';
import { createClock } from '../pacing/index.js';
import type { TrialOutcome } from '../trial-outcome.js';
import type { TrialSpec } from '../trial-spec.js';
import { createHealthMonitor } from './health-monitor.js';
import { createOfferedLoad } from './offered-load.js';
import { createRecorder, type TrialWindow } from './recorder.js';
import { createTraffic } from './traffic.js';

const DEFAULT_TOLERANCE = { absolute: 1e-5, relative: 1e-4 };
const DEFAULT_OPEN_CONNECTIONS = 256;
const DEFAULT_MAX_OUTSTANDING = 20_000;
/** How often samples are handed to the operating system: what a kill can lose. */
const FLUSH_MS = 250;

/** What a trial tells while it runs. */
export interface TrialEvents {
  /** The window begins: whoever counts CPU or reads a server's counters does it now. */
  onWindowStart(startedAt: string, startedAtNs: number): void;
  onWindowEnd(): void;
}

/**
 * Runs one trial in this process, which should do nothing else meanwhile: `startGenerator` gives it one of its own.
 * Warm-up, then the window, then waiting for what is still under way. The signal cuts it at any point.
 */
export async function driveTrial(spec: TrialSpec, events: TrialEvents, signal: AbortSignal): Promise<TrialOutcome> {
  const clock = createClock();
  const health = createHealthMonitor(clock);
  const writer = openSamplesWriter(spec.samplesFile, spec);
  const flushing = setInterval(() => {
    writer.flush();
  }, FLUSH_MS);
  const checker = createAnswerChecker(
    spec.target.kind === 'rest' ? readRestAnswer : readGrpcAnswer,
    spec.requests.map(({ expected }) => expected),
    spec.tolerance ?? DEFAULT_TOLERANCE,
  );
  const recorder = createRecorder(writer, checker, health);
  const bodies = spec.requests.map(({ body }) => Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  const traffic = createTraffic({
    createDriver: (driverEvents) => createDriver(spec, bodies, clock, driverEvents),
    bodies,
    timeoutMs: spec.timeoutMs,
    maxOutstanding: spec.maxOutstanding ?? DEFAULT_MAX_OUTSTANDING,
    clock,
    onFinish: (exchange, finish) => {
      recorder.record(exchange, finish);
    },
  });
  const load = await createOfferedLoad(spec, traffic, clock);
  const untilCut = cutAwaiter(signal);
  let startedAt = new Date().toISOString();
  let window: TrialWindow | undefined;
  let endedAtNs = 0;

  try {
    const planned = await untilCut(load.warmUp());
    if (planned !== undefined) {
      window = planned;
      recorder.setWindow(window);
      startedAt = new Date().toISOString();
      health.start();
      events.onWindowStart(startedAt, window.startNs);
      await untilCut(load.run(window));
      endedAtNs = Math.min(clock(), window.endNs);
      health.stop();
      events.onWindowEnd();
    }
    load.stop();
    if (signal.aborted) traffic.abandon();
    await untilCut(traffic.drained());
    recorder.finish();
    return {
      startedAt,
      startedAtNs: window?.startNs ?? clock(),
      durationMs: window === undefined ? 0 : Math.max(0, (endedAtNs - window.startNs) / 1e6),
      samples: writer.count,
      generator: health.report(),
      cut: signal.aborted,
      failures: recorder.failures(),
    };
  } finally {
    clearInterval(flushing);
    traffic.abandon();
    writer.close();
    await Promise.all([traffic.close(), load.close()]);
  }
}

/** Waits for a piece of work, or until the signal cuts: then the answer is undefined. */
function cutAwaiter(signal: AbortSignal): <T>(work: Promise<T>) => Promise<T | undefined> {
  const cut = new Promise<undefined>((resolve) => {
    const resolveCut = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) resolveCut();
    signal.addEventListener('abort', resolveCut, { once: true });
  });
  return (work) => (signal.aborted ? cut : Promise.race([work, cut]));
}

function createDriver(spec: TrialSpec, bodies: readonly Buffer[], clock: () => number, events: DriverEvents): Driver {
  switch (spec.target.kind) {
    case 'rest': {
      const wanted = spec.load.kind === 'closed' ? spec.load.concurrency : DEFAULT_OPEN_CONNECTIONS;
      return createRestDriver(spec.target, bodies, spec.connections ?? wanted, clock, events);
    }
    case 'grpc':
      return createGrpcDriver(spec.target, bodies, spec.connections ?? 1, clock, events);
  }
}
