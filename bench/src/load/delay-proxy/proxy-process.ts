import { createRandom } from '../../random/index.js';
import { clock, openNetwork, resolveEndpoint, type Socket, type SocketEvents } from '../net/index.js';
import { serveUntilOrphaned } from '../process/serve-until-orphaned.js';
import { Agenda } from './agenda.js';
import { createLink, type Link } from './link.js';
import { proxyOptionsSchema, type ProxyReady } from './proxy-messages.js';
import { createRelay } from './relay.js';

// The delay proxy's own process, so that neither the generator's nor the study's work delays what it passes on.

const HOST = '127.0.0.1';
/** Held bytes of a connection on an unlimited link, and at least on any. */
const LEAST_HELD_BYTES = 256 * 1024;
const UNLIMITED_HELD_BYTES = 64 * 1024 * 1024;
/** Of jitter and losses. */
const SEED = 1;

const options = proxyOptionsSchema.parse(JSON.parse(process.argv[2] ?? ''));
const { rttMs, jitterMs = 0, bandwidthMbitS, connectionLossPerS = 0 } = options;
const random = createRandom(SEED);
const network = await openNetwork();
const agenda = new Agenda();

function createDirection(): Link {
  const limit = bandwidthMbitS === undefined ? {} : { bandwidthMbitS };
  return createLink({ delayMs: rttMs / 2, jitterMs: jitterMs / 2, ...limit }, random);
}
const shared = {
  network,
  agenda,
  rttMs,
  toUpstream: createDirection(),
  fromUpstream: createDirection(),
  // What is on the way on a full link, twice: as much again waits to be put on it.
  heldBytes:
    bandwidthMbitS === undefined
      ? UNLIMITED_HELD_BYTES
      : Math.max(LEAST_HELD_BYTES, (2 * bandwidthMbitS * 1e6 * rttMs) / 8e3),
  random,
};
const listen = (accept: (socket: Socket) => SocketEvents): number => network.listen({ host: HOST, port: 0 }, accept);
const echoUpstream = { host: HOST, port: listen(echo) };
const upstream = await resolveEndpoint(options.upstream);
const ready: ProxyReady = {
  port: listen(createRelay({ ...shared, upstream, connectionLossPerS })),
  // The probe sees the same link, but is never lost: it measures delay.
  echoPort: listen(createRelay({ ...shared, upstream: echoUpstream, connectionLossPerS: 0 })),
};
process.on('SIGINT', () => undefined);
process.send?.(ready);
serveUntilOrphaned(network, () => agenda.doDue(clock()));

function echo(socket: Socket): SocketEvents {
  const close = (): void => {
    socket.close();
  };
  return {
    onBytes: (bytes) => {
      socket.send(Buffer.from(bytes));
    },
    onEnd: close,
    onError: close,
  };
}
