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
  /** In runs from when there were two. */
  driver: z.enum(['system-calls', 'node']).optional(),
  /** The address of the generator it was measured at; absent: the one beside the bench. */
  generator: z.string().optional(),
});
export type Floor = z.infer<typeof floorSchema>;

/** The floors of the requests that a condition sends: one for each generator. */
export function findFloors(
  floors: readonly Floor[] | undefined,
  { payload, model, batch }: Pick<Condition, 'payload' | 'model' | 'batch'>,
): Floor[] {
  return (floors ?? []).filter((floor) => floor.payload === payload && floor.model === model && floor.batch === batch);
}

/** Of several generators the slowest one's. */
export function findFloor(...of: Parameters<typeof findFloors>): Floor | undefined {
  const [first, ...others] = findFloors(...of);
  return others.reduce(
    (slowest, floor) => (slowest !== undefined && slowest.p50Ms >= floor.p50Ms ? slowest : floor),
    first,
  );
}
