import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createRandom } from '../../random/index.js';
import { createClock } from '../pacing/index.js';
import { createDelayLines } from './delay-lines.js';
import { createLink } from './link.js';
import { proxyOptionsSchema, type ProxyReady } from './proxy-messages.js';
import { createRelay, type Direction } from './relay.js';

// The delay proxy's own process, so that neither the generator's nor the study's work delays what it passes on.

const HOST = '127.0.0.1';
/** Held bytes of a connection on an unlimited link, and at least on any. */
const LEAST_HELD_BYTES = 256 * 1024;
const UNLIMITED_HELD_BYTES = 64 * 1024 * 1024;

const options = proxyOptionsSchema.parse(JSON.parse(process.argv[2] ?? ''));
const { rttMs, jitterMs, bandwidthMbitS, connectionLossPerS, upstream } = options;
const random = createRandom(options.seed);
const clock = createClock();
const lines = await createDelayLines(clock);

function createDirection(): Direction {
  const limit = bandwidthMbitS === undefined ? {} : { bandwidthMbitS };
  return {
    link: createLink({ delayMs: rttMs / 2, jitterMs: jitterMs / 2, ...limit }, random),
    line: lines.createLine(),
  };
}
async function listen(server: Server): Promise<number> {
  server.listen(0, HOST);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const shared = {
  rttMs,
  toUpstream: createDirection(),
  fromUpstream: createDirection(),
  // What is on the way on a full link, twice: as much again waits to be put on it.
  heldBytes:
    bandwidthMbitS === undefined
      ? UNLIMITED_HELD_BYTES
      : Math.max(LEAST_HELD_BYTES, (2 * bandwidthMbitS * 1e6 * rttMs) / 8e3),
  random,
  clock,
};
const echo = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
});
const echoUpstream = { host: HOST, port: await listen(echo) };
const ready: ProxyReady = {
  port: await listen(createRelay({ ...shared, upstream, connectionLossPerS })),
  // The probe sees the same link, but is never lost: it measures delay.
  echoPort: await listen(createRelay({ ...shared, upstream: echoUpstream, connectionLossPerS: 0 })),
};
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.send?.(ready);
