import { z } from 'zod';

export const VERDICTS = ['CONFIRMED', 'REFUTED', 'EQUIVALENT', 'INCONCLUSIVE', 'NOT TESTED'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A comparison of two contestants, or of one in two conditions: the ratio of a metric over paired blocks. */
export const effectSchema = z.strictObject({
  metric: z.string(),
  contestants: z.strictObject({ numerator: z.string(), denominator: z.string() }),
  /** Ids of the two cells compared; absent where what is compared was observed besides cells. */
  cells: z.strictObject({ numerator: z.string(), denominator: z.string() }).optional(),
  ratio: z.number(),
  /** Bootstrap 95% interval. */
  low: z.number(),
  high: z.number(),
  /** Blocks that both were measured in, and passes of the plan that these are spread over. */
  pairs: z.int(),
  passes: z.int().optional(),
  /** Ratios between 1 / (1 + margin) and 1 + margin are as good as 1. */
  margin: z.number().optional(),
  /** Which way of 1 is good for the numerator; absent: lower, as for latencies. */
  better: z.enum(['lower', 'higher']).optional(),
});
export type Effect = z.infer<typeof effectSchema>;

/** A sentence users have read, and what this run says of it (method rule 10). */
export const claimVerdictSchema = z.strictObject({
  claim: z.string(),
  sentence: z.string(),
  experiment: z.string(),
  /** Whether the sentence is about TensorFlow Serving, so that a stand-in cannot decide it (method rule 20). */
  aboutTensorFlowServing: z.boolean(),
  verdict: z.enum(VERDICTS),
  condition: z.string(),
  /** What decided it besides the effect; empty where the effect says it all. */
  reason: z.string(),
  effects: z.array(effectSchema),
  /** What the stand-in's figures would say; shown apart, decides nothing. */
  standin: z
    .strictObject({ verdict: z.enum(VERDICTS), reason: z.string(), effects: z.array(effectSchema).optional() })
    .optional(),
});
export type ClaimVerdict = z.infer<typeof claimVerdictSchema>;
