/**
 * CLOCK_MONOTONIC in nanoseconds, the same in every process and thread of a machine, so that instants of the generator and of
 * a server's log can be compared. As a number, which is exact up to 104 days of uptime.
 */
export function clock(): number {
  return Number(process.hrtime.bigint());
}
