import type { Network } from '../net/index.js';

/** How long a server process may outlive the process that started it. */
const LONGEST_WAIT_MS = 500;

/**
 * Turns until the process that started this one is gone: a thread that sleeps in system calls hears no messages. `work` does
 * what is due and returns when it wants to be called next, in ns of `clock`.
 */
export function serveUntilOrphaned(network: Network, work: () => number): never {
  const parent = process.ppid;
  while (process.ppid === parent) network.wait(work(), LONGEST_WAIT_MS);
  process.exit(0);
}
