import type { Traffic } from './traffic.js';

/**
 * `concurrency` workers, each of which sends its next request the moment its last one has ended, answered or not (method
 * rule 1). Starts at once; no request is intended at or after `endNs()`. The intended instant of a request is the end of the
 * one before it: what the generator takes in between is its lag.
 */
export function runClosedLoop(
  traffic: Traffic,
  concurrency: number,
  nextInput: (intendedAtNs: number) => number,
  clock: () => number,
  endNs: () => number,
): void {
  traffic.onEnded = (doneAtNs) => {
    if (doneAtNs < endNs()) traffic.offer(doneAtNs, nextInput(doneAtNs));
  };
  for (let worker = 0; worker < concurrency; worker++) {
    const nowNs = clock();
    traffic.offer(nowNs, nextInput(nowNs));
  }
}
