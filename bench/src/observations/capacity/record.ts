import { z } from 'zod';

/** One search for the highest rate that holds the limit (method rule 12), and what overload does. Older runs say more. */
export const capacitySchema = z.strictObject({
  limitMs: z.number(),
  percentile: z.number(),
  contestants: z.array(
    z.object({
      contestant: z.string(),
      /** 0 when the limit does not hold at any rate tried. */
      heldPerS: z.number(),
      failedPerS: z.number().nullable(),
      /** Where the search was left because the generator could not keep up. */
      leftPerS: z.number().nullable(),
      steps: z.array(
        z.strictObject({
          ratePerS: z.number(),
          held: z.boolean(),
          tailMs: z.number().nullable(),
          /** What the percentile does not exceed with 99% confidence: the limit must hold for it. */
          boundMs: z.number().nullable(),
          failed: z.int(),
          n: z.int(),
        }),
      ),
      /** At twice the capacity: what was answered while it lasted, and how long after it answers are within the limit again. */
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
  /** Two of them offered the same arrivals in turn, at a rate between what each held; the time limit where requests failed. */
  between: z
    .strictObject({
      ratePerS: z.number(),
      contestants: z.array(z.string()),
      p99MsByBlock: z.array(z.tuple([z.number(), z.number()])),
      /** Without the load generator's own lag; absent in older runs. */
      serviceP99MsByBlock: z.array(z.tuple([z.number(), z.number()])).optional(),
    })
    .nullable(),
});
export type Capacity = z.infer<typeof capacitySchema>;
