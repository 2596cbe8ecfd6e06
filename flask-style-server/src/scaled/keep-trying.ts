import { setTimeout as wait } from 'node:timers/promises';

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** Calls `attempt` until it succeeds. After a failure, which it reports, it waits: a second first, then twice as long each time. */
export async function keepTrying<T>(
  attempt: () => Promise<T>,
  report: (error: unknown, waitMs: number) => void,
): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS))
    try {
      return await attempt();
    } catch (error) {
      report(error, waitMs);
      await wait(waitMs, undefined, { ref: false });
    }
}
