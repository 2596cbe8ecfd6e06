import { fileURLToPath } from 'node:url';
import { launchScript } from '../../process/index.js';
import type { InstantService } from './instant-messages.js';

const ENTRY = fileURLToPath(new URL('./instant-process.js', import.meta.url));

export type InstantServer = Awaited<ReturnType<typeof startInstantServer>>;

/** Starts a process that answers at once. @throws Error when it ends before it listens. */
export async function startInstantServer(services: readonly InstantService[]) {
  const server = launchScript('the instant server', ENTRY);
  server.child.send(services);
  const ports = (await server.message()) as readonly number[];
  return {
    /** `127.0.0.1:port` of each service, in their order. */
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
