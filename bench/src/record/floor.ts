import { z } from 'zod';
import { conditionSchema, type Condition } from './condition.js';

/**
 * What the load generator itself takes for one kind of request: measured against a server that answers at once with the same
 * bytes (method rule 5a).
 */
export const floorSchema = z.strictObject({
  ...conditionSchema.pick({ payload: true, model: true, batch: true }).shape,
  protocol: z.enum(['rest', 'grpc']),
  requestBytes: z.int(),
  answerBytes: z.int(),
  /** Service time of one client. */
  p50Ms: z.number(),
  /** Null where there were too few requests to certify it. */
  p99Ms: z.number().nullable(),
  /** CPU time of the generator, with eight requests in flight. */
  cpuMsPerRequest: z.number(),
  /** Requests per second, with eight in flight. */
  throughputPerS: z.number(),
  driver: z.enum(['system-calls', 'node']).optional(),
});
export type Floor = z.infer<typeof floorSchema>;

/** The floor of the requests that a condition sends. */
export function findFloor(
  floors: readonly Floor[] | undefined,
  { payload, model, batch }: Pick<Condition, 'payload' | 'model' | 'batch'>,
): Floor | undefined {
  return floors?.find((floor) => floor.payload === payload && floor.model === model && floor.batch === batch);
}
