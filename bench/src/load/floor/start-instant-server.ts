import { fileURLToPath } from 'node:url';
import { launchScript } from '../../process/index.js';

const ENTRY = fileURLToPath(new URL('./instant-process.js', import.meta.url));

/** What an instant server is to answer: the JSON of a REST answer, or an encoded message. It says the ports in their order. */
export interface InstantService {
  readonly protocol: 'rest' | 'grpc';
  readonly answer: Uint8Array;
}

export type InstantServer = Awaited<ReturnType<typeof startInstantServer>>;

/** Starts a process that answers at once. @throws Error when it ends before it listens. */
export async function startInstantServer(services: readonly InstantService[]) {
  const server = launchScript('the instant server', ENTRY);
  server.say(services);
  const ports = (await server.message()) as readonly number[];
  return {
    /** `127.0.0.1:port` of each service, in their order. */
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}
