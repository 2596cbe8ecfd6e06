import { z } from 'zod';

/** One search for the highest rate that holds the limit (method rule 12), and what overload does. */
export const capacitySchema = z.strictObject({
  limitMs: z.number(),
  percentile: z.number(),
  contestants: z.array(
    z.strictObject({
      contestant: z.string(),
      label: z.string(),
      backend: z.enum(['in-process', 'tensorflow-serving', 'stand-in']),
      /** 0 when the limit does not hold at any rate tried. */
      heldPerS: z.number(),
      failedPerS: z.number().nullable(),
      steps: z.array(
        z.strictObject({
          ratePerS: z.number(),
          held: z.boolean(),
          tailMs: z.number().nullable(),
          failed: z.int(),
          n: z.int(),
        }),
      ),
      /** At twice the capacity: shares of requests, and how long after the overload answers are within the limit again. */
      overload: z
        .strictObject({
          ratePerS: z.number(),
          answeredPerS: z.number(),
          failedShare: z.number(),
          p50Ms: z.number().nullable(),
          recoveryMs: z.number().nullable(),
        })
        .nullable(),
    }),
  ),
});
export type Capacity = z.infer<typeof capacitySchema>;
