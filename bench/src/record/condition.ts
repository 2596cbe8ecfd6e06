import { z } from 'zod';

/** How load is offered (method rule 1). Closed: N workers, each waits for its answer. Open: arrivals on a schedule. */
export const loopSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('closed'), concurrency: z.int().min(1) }),
  z.strictObject({
    kind: z.literal('open'),
    arrivals: z.enum(['poisson', 'constant']),
    /** Mean arrivals per second. */
    ratePerS: z.number().positive(),
  }),
]);
export type Loop = z.infer<typeof loopSchema>;

/** A delay proxy between generator and contestant. Absent: plain loopback. */
export const networkSchema = z.strictObject({
  rttMs: z.number().min(0),
  jitterMs: z.number().min(0).optional(),
  bandwidthMbitS: z.number().positive().optional(),
  /** Each connection is reset after a random time, at this rate. */
  connectionLossPerS: z.number().positive().optional(),
});
export type Network = z.infer<typeof networkSchema>;

/** What is held fixed while a cell is measured. Two cells with equal conditions may be compared. */
export const conditionSchema = z.strictObject({
  loop: loopSchema,
  model: z.string(),
  modelVersion: z.int().positive(),
  /** Instances in one request. */
  batch: z.int().min(1),
  /** How the request carries its numbers. The contestant's protocol limits the choice. */
  payload: z.enum(['json', 'base64', 'tensor-content', 'float-val']),
  network: networkSchema.optional(),
  /** What the experiment varies besides, e.g. { cpus: 1 } or { replicas: 2 }. */
  factors: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type Condition = z.infer<typeof conditionSchema>;
