import { z } from 'zod';

/** Health checks asked twenty times a second while clients kept the server busy. Older runs say more. */
export const healthSchema = z.array(
  z.object({
    contestant: z.string(),
    clients: z.int(),
    answeredPerS: z.number(),
    predictP50Ms: z.number().nullable(),
    predictP99Ms: z.number().nullable(),
    healthP50Ms: z.number().nullable(),
    healthMaxMs: z.number().nullable(),
    healthFailed: z.int(),
    /** Median health check of each block, in the order of the blocks, in which contestants took turns; null: too few answers. */
    healthP50MsByBlock: z.array(z.number().nullable()),
  }),
);
export type Health = z.infer<typeof healthSchema>;
