import { z } from 'zod';

/** Do all contestants give the same predictions (method rule 13)? Differences are against the model's golden outputs. */
export const paritySchema = z.strictObject({
  inputs: z.int(),
  tolerance: z.strictObject({ absolute: z.number(), relative: z.number() }),
  contestants: z.array(
    z.strictObject({
      contestant: z.string(),
      model: z.string(),
      maxAbsolute: z.number(),
      maxRelative: z.number(),
      /** Share of inputs whose highest class is the golden one, 0 to 1. */
      top1Agreement: z.number(),
      passed: z.boolean(),
      reason: z.string().optional(),
    }),
  ),
  passed: z.boolean(),
});
export type Parity = z.infer<typeof paritySchema>;
