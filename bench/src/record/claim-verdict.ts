import { z } from 'zod';

export const VERDICTS = ['CONFIRMED', 'REFUTED', 'EQUIVALENT', 'INCONCLUSIVE', 'NOT TESTED'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A comparison of two contestants or conditions: the ratio of their metric with its bootstrap 95% interval over paired blocks. */
export const effectSchema = z.strictObject({
  metric: z.string(),
  contestants: z.strictObject({ numerator: z.string(), denominator: z.string() }),
  /** Ids of the two cells: with them the report tells the load, what differs and the absolute figures. */
  cells: z.strictObject({ numerator: z.string(), denominator: z.string() }).optional(),
  ratio: z.number(),
  low: z.number(),
  high: z.number(),
  pairs: z.int(),
  /** Servers started anew in between; absent where they ran through. */
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
  /** What the effects do not say themselves; '' when they say it all. */
  reason: z.string(),
  effects: z.array(effectSchema),
  /** What the stand-in's figures would say; shown apart, decides nothing. */
  standin: z
    .strictObject({ verdict: z.enum(VERDICTS), reason: z.string(), effects: z.array(effectSchema).optional() })
    .optional(),
});
export type ClaimVerdict = z.infer<typeof claimVerdictSchema>;
