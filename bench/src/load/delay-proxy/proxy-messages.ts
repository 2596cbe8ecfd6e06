import { z } from 'zod';
import { networkSchema } from '../../record/index.js';

/**
 * What the proxy's process is started with, as its one argument in JSON. Half of the round trip is added each way, and to a new
 * connection's first bytes the whole once more, for the handshake; jitter is 0 to so much for each round trip; bandwidth is that
 * of each way, shared by all connections.
 */
export const proxyOptionsSchema = networkSchema.extend({
  /** URL or `host:port` of what connections are passed on to. */
  upstream: z.string(),
});

/** Said once by the proxy's process: where it listens, and where an echo answers through the same link. */
export interface ProxyReady {
  readonly port: number;
  readonly echoPort: number;
}
