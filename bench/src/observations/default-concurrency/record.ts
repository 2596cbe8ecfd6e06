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
    /** Median health check of each block, in the order of the blocks, in which contestants took turns; null: too few answers. */
    healthP50MsByBlock: z.array(z.number().nullable()),
  }),
);
export type Health = z.infer<typeof healthSchema>;
