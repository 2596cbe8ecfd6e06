/** Enough that one of them is not interrupted between its readings, on a busy machine too. */
const CALIBRATIONS = 50;

/**
 * CLOCK_MONOTONIC in nanoseconds, the same in every process and thread of a machine, so that instants of the generator, its
 * pacing thread and a server's log can be compared. As a number, not a bigint: exact up to 104 days of uptime, and without
 * an allocation for every reading. `performance.now()` reads the same clock from another zero; this finds that zero once.
 */
export function createClock(): () => number {
  const zeroNs = zeroOfPerformanceNow();
  return () => Math.round(zeroNs + performance.now() * 1e6);
}

/** One clock read between two readings of the other; the narrowest of many such brackets is the most exact. */
function zeroOfPerformanceNow(): number {
  let narrowestMs = Number.POSITIVE_INFINITY;
  let zeroNs = 0;
  for (let i = 0; i < CALIBRATIONS; i++) {
    const beforeMs = performance.now();
    const monotonicNs = Number(process.hrtime.bigint());
    const afterMs = performance.now();
    if (afterMs - beforeMs >= narrowestMs) continue;
    narrowestMs = afterMs - beforeMs;
    zeroNs = monotonicNs - ((beforeMs + afterMs) / 2) * 1e6;
  }
  return zeroNs;
}
