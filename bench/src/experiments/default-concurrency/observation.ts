import { z } from 'zod';

/** Health checks asked twenty times a second while clients kept the server busy. */
export const healthSchema = z.array(
  z.strictObject({
    contestant: z.string(),
    label: z.string(),
    clients: z.int(),
    answeredPerS: z.number(),
    predictP50Ms: z.number().nullable(),
    predictP99Ms: z.number().nullable(),
    healthP50Ms: z.number().nullable(),
    healthMaxMs: z.number().nullable(),
    healthFailed: z.int(),
    healthAsked: z.int(),
  }),
);
export type Health = z.infer<typeof healthSchema>;
