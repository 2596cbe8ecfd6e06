import { once } from 'node:events';
import { openNetwork } from '../net/index.js';
import { serveUntilOrphaned } from '../process/serve-until-orphaned.js';
import { instantGrpc } from './instant-grpc.js';
import { instantRest } from './instant-rest.js';
import type { InstantService } from './start-instant-server.js';

// A server that answers at once, in a process of its own: what a driver takes against it is the driver's own (method rule 5a).
// It hears one message, which says what to answer; from then on its thread sleeps in system calls.

const [services] = (await once(process, 'message')) as [readonly InstantService[]];
const network = await openNetwork();
const ports: number[] = [];
for (const { protocol, answer } of services) {
  const body = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  const accept = protocol === 'rest' ? instantRest(body) : instantGrpc(body);
  ports.push(network.listen({ host: '127.0.0.1', port: 0 }, accept));
}
process.on('SIGINT', () => undefined);
process.send?.(ports);
serveUntilOrphaned(network, () => Number.POSITIVE_INFINITY);
