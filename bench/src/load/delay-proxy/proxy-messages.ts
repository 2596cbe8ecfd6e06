import { z } from 'zod';

/** What the proxy's process is started with, as its one argument in JSON. */
export const proxyOptionsSchema = z.strictObject({
  /** URL or `host:port` of what connections are passed on to. */
  upstream: z.string(),
  /** Added to each round trip, half each way; to a new connection's first bytes once more, for the handshake. */
  rttMs: z.number().min(0),
  /** Adds 0 to this to each round trip. */
  jitterMs: z.number().min(0).default(0),
  /** Each way, shared by all connections. Default: unlimited. */
  bandwidthMbitS: z.number().positive().optional(),
  /** Connections are reset after a random time, at this rate for each; 0: never. */
  connectionLossPerS: z.number().min(0).default(0),
  /** Of jitter and losses. */
  seed: z.int().default(1),
});

/** Said once by the proxy's process: where it listens, and where an echo answers through the same link. */
export interface ProxyReady {
  readonly port: number;
  readonly echoPort: number;
}
