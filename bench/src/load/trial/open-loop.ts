import type { Pacer } from '../pacing/index.js';
import type { Traffic } from './traffic.js';

/** The wake-up comes this much early at most, and the rest is waited for in the event loop, which goes on serving answers. */
const LONGEST_SPIN_NS = 1_000_000;
/** Share of the time between arrivals that may go into that wait: the generator must leave the cores to the servers. */
const SPIN_SHARE = 0.06;

export interface OpenLoop {
  /** To be called when the pacer wakes. */
  onWake(): void;
  /** Resolves when the last request of the schedule has been offered, or after `stop`. */
  readonly finished: Promise<void>;
  stop(): void;
}

/**
 * Offers request i at `zeroNs + schedule[i]`, whatever became of the ones before (method rules 1 to 3). The pacing thread
 * wakes the event loop a little early, which then turns without blocking until the instant has come.
 */
export function runOpenLoop(
  traffic: Traffic,
  schedule: Float64Array,
  zeroNs: number,
  nextInput: () => number,
  clock: () => number,
  pacer: Pacer,
): OpenLoop {
  const meanGapNs = (schedule.at(-1) ?? 0) / Math.max(1, schedule.length);
  const spinNs = Math.min(LONGEST_SPIN_NS, meanGapNs * SPIN_SHARE);
  let next = 0;
  let turning = false;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  function turn(): void {
    turning = false;
    offerDue();
  }

  function offerDue(): void {
    for (;;) {
      const at = schedule[next];
      if (at === undefined) break;
      const dueNs = zeroNs + at;
      const earlyNs = dueNs - clock();
      if (earlyNs > 0) {
        waitFor(dueNs, earlyNs);
        return;
      }
      next++;
      traffic.offer(dueNs, nextInput());
    }
    finish();
  }

  function waitFor(dueNs: number, earlyNs: number): void {
    if (turning) return;
    if (earlyNs > spinNs) {
      pacer.wakeAt(dueNs - spinNs);
    } else {
      turning = true;
      setImmediate(turn);
    }
  }

  // An answer is an occasion to look at the clock: under load it often comes before the wake-up does.
  traffic.onEnded = offerDue;
  offerDue();
  return {
    onWake: offerDue,
    finished,
    stop: () => {
      next = schedule.length;
      finish();
    },
  };
}
