import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Waits for a condition, asking again and again; rejects, naming it, when the time is up. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  limitMs = 60_000,
): Promise<void> {
  const endsAtMs = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > endsAtMs) throw new Error(`${what}: not within ${limitMs} ms`);
    await sleep(POLL_MS);
  }
}
