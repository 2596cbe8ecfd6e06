import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { clock } from '../load/net/clock.js';
import { launchScript } from '../process/index.js';
import type { Stall } from './truth.js';

const ENTRY = fileURLToPath(new URL('./known-delay-server.js', import.meta.url));

export type KnownDelayServer = Awaited<ReturnType<typeof startKnownDelayServer>>;

/** Starts a server that answers every POST after `delayMs`. */
export async function startKnownDelayServer(delayMs: number) {
  const server = launchScript('the known-delay server', ENTRY, { args: [String(delayMs)] });
  const port = await server.message();
  return {
    address: `127.0.0.1:${String(port)}`,
    /** Stops the process in `inMs` for `ms`, as a frozen machine does: nothing is read, nothing is answered. On `clock`. */
    stall: async (inMs: number, ms: number): Promise<Stall> => {
      await delay(inMs);
      server.child.kill('SIGSTOP');
      const fromNs = clock();
      await delay(ms);
      server.child.kill('SIGCONT');
      return { fromNs, untilNs: clock() };
    },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
