import { z } from 'zod';

/** What is known of a model without measuring it: from the zoo's manifest, kept in the run so that its report needs no zoo. */
export const modelFactsSchema = z.strictObject({
  name: z.string(),
  version: z.int().positive(),
  title: z.string(),
  /** Which comparisons it belongs to: complexity, width, depth, optimised ... */
  series: z.array(z.string()),
  /** Model it was made from, for optimised variants. */
  base: z.string().nullable(),
  parameters: z.number(),
  /** Null, like other figures, where nobody counted: of a user's own model. */
  nonZeroParameters: z.number().nullable(),
  flopsPerInstance: z.number().nullable(),
  bytes: z.number(),
  gzipBytes: z.number().nullable(),
  /** Share of held-out images classified right, 0 to 1; null where the weights were not trained. */
  accuracy: z.number().nullable(),
});
export type ModelFacts = z.infer<typeof modelFactsSchema>;
