import { z } from 'zod';

/** A new version published under steady load, as clients saw it. Times in seconds from the start of the load. Older runs say more. */
export const hotUpdateSchema = z.strictObject({
  ratePerS: z.number(),
  publishedAtS: z.number(),
  updates: z.array(
    z.object({
      contestant: z.string(),
      /** How the version gets in: by the server's own polling, by restart ... */
      way: z.string(),
      requests: z.int(),
      /** Of these, intended while the version changed. */
      requestsDuring: z.int(),
      /** No right answer, before there was anything to change: the rate was too much, or the machine busy. */
      failedBefore: z.int(),
      /** No right answer from the publication on: refused, timed out, an error. */
      failed: z.int(),
      /** An answer that is the prediction of neither version, or not of the version it claims. */
      mixed: z.int(),
      /** Answered by the old version after the new one had answered. */
      stale: z.int(),
      /** Longer than ten times the median before the update. */
      slow: z.int(),
      firstNewAtS: z.number().nullable(),
      p99Ms: z.strictObject({
        before: z.number().nullable(),
        during: z.number().nullable(),
        after: z.number().nullable(),
      }),
      memoryMb: z.strictObject({ before: z.number(), peak: z.number() }),
      timeline: z.array(z.object({ atS: z.number(), maxMs: z.number(), failed: z.int() })),
    }),
  ),
  /** Ways that could not be observed, and why: a server that runs already cannot be told where to find its versions. */
  leftOut: z.array(z.strictObject({ contestant: z.string(), reason: z.string() })).default([]),
});
export type HotUpdate = z.infer<typeof hotUpdateSchema>;
