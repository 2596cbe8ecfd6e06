import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startHelperProcess } from '../process/helper-process.js';
import type { FromInstantServer, InstantService, ToInstantServer } from './instant-messages.js';

const ENTRY = fileURLToPath(new URL('./instant-process.js', import.meta.url));

export interface InstantServer extends AsyncDisposable {
  /** `127.0.0.1:port` of each service, in their order. */
  readonly addresses: readonly string[];
}

/** Starts a process that answers at once. @throws Error when it ends before it listens. */
export async function startInstantServer(services: readonly InstantService[]): Promise<InstantServer> {
  const child = startHelperProcess(ENTRY, [], { nodeFlags: ['--enable-source-maps'] });
  child.stderr?.pipe(process.stderr, { end: false });
  const ended = once(child, 'exit');
  const message: ToInstantServer = { services };
  child.send(message);
  const [said] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => {
      throw new Error(`the instant server ended with code ${String(code)} before it listened; its message is above`);
    }),
  ])) as [FromInstantServer];
  return {
    addresses: said.ports.map((port) => `127.0.0.1:${port}`),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
