import type { Network } from '../net/index.js';

/** How long a server process may outlive the process that started it. */
const LONGEST_WAIT_MS = 500;

/**
 * Turns until the process that started this one is gone: a thread that sleeps in system calls hears no messages. `work` does
 * what is due and returns when it wants to be called next, in ns of `clock`.
 */
export async function serveUntilOrphaned(network: Network, work: () => number): Promise<never> {
  const parent = process.ppid;
  while (process.ppid === parent) {
    const waiting = network.wait(work(), LONGEST_WAIT_MS);
    if (waiting !== undefined) await waiting;
  }
  process.exit(0);
}
