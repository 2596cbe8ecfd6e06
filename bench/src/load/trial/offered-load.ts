import { createPacer } from '../pacing/index.js';
import { scheduleArrivals } from '../schedule/index.js';
import type { TrialSpec } from '../trial-spec.js';
import { runClosedLoop } from './closed-loop.js';
import { runOpenLoop, type OpenLoop } from './open-loop.js';
import type { TrialWindow } from './recorder.js';
import type { Traffic } from './traffic.js';

/** The window is announced this long before it begins, so that everyone knows of it when its first request ends. */
const LEAD_IN_NS = 10e6;
/** Warm-up arrivals decide nothing, so they need no seed of their own. */
const WARMUP_SEED = 1;

/** The load of one trial, in its two phases. */
export interface OfferedLoad {
  /** Resolves shortly before the window begins, and says when it will (method rule 6). */
  warmUp(): Promise<TrialWindow>;
  /** Resolves at the end of the window; requests may still be under way. */
  run(window: TrialWindow): Promise<void>;
  /** No further request is offered. */
  stop(): void;
  close(): Promise<void>;
}

export async function createOfferedLoad(spec: TrialSpec, traffic: Traffic, clock: () => number): Promise<OfferedLoad> {
  let offered = 0;
  const nextInput = (): number => spec.order[offered++ % spec.order.length] ?? 0;
  // Node's timers count whole milliseconds and may fire up to one early.
  const sleepUntil = async (instantNs: number): Promise<void> => {
    for (let leftNs = instantNs - clock(); leftNs > 0; leftNs = instantNs - clock()) {
      await new Promise((resolve) => setTimeout(resolve, leftNs / 1e6));
    }
  };
  const windowFrom = (startNs: number): TrialWindow => ({ startNs, endNs: startNs + spec.durationMs * 1e6 });
  const stopOffering = (): void => {
    traffic.onEnded = () => undefined;
  };

  if (spec.load.kind === 'closed') {
    const { concurrency } = spec.load;
    let [startNs, endNs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    // All contestants get the same inputs in the window, however many requests their warm-up took (method rule 2).
    const nextInputAt = (intendedAtNs: number): number => {
      if (intendedAtNs >= startNs) [offered, startNs] = [0, Number.POSITIVE_INFINITY];
      return nextInput();
    };
    return {
      // The loop does not pause between warm-up and window: a pause would let all workers start in step.
      warmUp: async () => {
        runClosedLoop(traffic, concurrency, nextInputAt, clock, () => endNs);
        await sleepUntil(clock() + spec.warmupMs * 1e6);
        const window = windowFrom(clock() + LEAD_IN_NS);
        [startNs, endNs] = [window.startNs, window.endNs];
        return window;
      },
      run: (window) => sleepUntil(window.endNs),
      stop: stopOffering,
      close: () => Promise.resolve(),
    };
  }

  const { schedule } = spec.load;
  let loop: OpenLoop | undefined;
  const pacer = await createPacer(() => loop?.onWake());
  return {
    // Arrivals at the trial's own mean rate, then a pause until all have ended: a queue left by the warm-up would be counted
    // as the window's.
    warmUp: async () => {
      if (spec.warmupMs > 0 && schedule.length > 0) {
        const ratePerS = (schedule.length * 1e3) / spec.durationMs;
        const warmup = scheduleArrivals({ kind: 'poisson', ratePerS, durationMs: spec.warmupMs, seed: WARMUP_SEED });
        loop = runOpenLoop(traffic, warmup, clock(), nextInput, clock, pacer);
        await loop.finished;
        await traffic.drained();
      }
      offered = 0;
      return windowFrom(clock() + LEAD_IN_NS);
    },
    run: async (window) => {
      loop = runOpenLoop(traffic, schedule, window.startNs, nextInput, clock, pacer);
      await loop.finished;
      await sleepUntil(window.endNs);
    },
    stop: () => {
      loop?.stop();
      stopOffering();
    },
    close: () => pacer.close(),
  };
}
