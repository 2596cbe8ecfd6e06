import { z } from 'zod';

/** What the proxy's process is started with, as its one argument in JSON. */
export const proxyOptionsSchema = z.strictObject({
  upstream: z.strictObject({ host: z.string(), port: z.int() }),
  rttMs: z.number().min(0),
  jitterMs: z.number().min(0),
  bandwidthMbitS: z.number().positive().optional(),
  connectionLossPerS: z.number().min(0),
  seed: z.int(),
});

/** Said once by the proxy's process: where it listens, and where an echo answers through the same link. */
export interface ProxyReady {
  readonly port: number;
  readonly echoPort: number;
}
