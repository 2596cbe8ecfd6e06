/** When the server stood still, in ns on the trial's clock. */
export interface Stall {
  readonly fromNs: number;
  readonly untilNs: number;
}

/**
 * What a request sent at `atNs` must take at a server that answers after `delayNs` and stands still during the stall: it is
 * read when the server is awake, and answered when it is awake again.
 */
export function trueTimeNs(atNs: number, delayNs: number, stall: Stall | undefined): number {
  const awake = (instantNs: number): number =>
    stall !== undefined && instantNs >= stall.fromNs && instantNs < stall.untilNs ? stall.untilNs : instantNs;
  return awake(awake(atNs) + delayNs) - atNs;
}

/** True response times of an open loop: of each instant of the schedule, whatever the server did before. */
export function trueOpenLoop(schedule: Float64Array, delayNs: number, stall: Stall | undefined): Float64Array {
  return schedule.map((atNs) => trueTimeNs(atNs, delayNs, stall));
}

/** True times of a closed loop: each of its workers asks again when it has been answered. */
export function trueClosedLoop(
  concurrency: number,
  durationMs: number,
  delayNs: number,
  stall: Stall | undefined,
): Float64Array {
  const times: number[] = [];
  let atNs = 0;
  while (atNs < durationMs * 1e6) {
    const timeNs = trueTimeNs(atNs, delayNs, stall);
    for (let worker = 0; worker < concurrency; worker++) times.push(timeNs);
    atNs += timeNs;
  }
  return Float64Array.from(times);
}
