import { z } from 'zod';

export const VERDICTS = ['CONFIRMED', 'REFUTED', 'EQUIVALENT', 'INCONCLUSIVE', 'NOT TESTED'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A comparison of two cells: the ratio of their metric with its bootstrap 95% interval over paired blocks. */
export const effectSchema = z.strictObject({
  metric: z.string(),
  /** What the ratio divides by what, in words: `tfserving p50 / flask-style p50`. */
  ratioOf: z.string(),
  ratio: z.number(),
  low: z.number(),
  high: z.number(),
  pairs: z.int(),
  /** Ratios between 1 / (1 + margin) and 1 + margin are as good as 1; absent in older runs. */
  margin: z.number().optional(),
  /** Ids of the two cells compared: with them the report names the contestants, the load and the absolute figures. */
  cells: z.strictObject({ numerator: z.string(), denominator: z.string() }).optional(),
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
  reason: z.string(),
  effects: z.array(effectSchema),
  /** What the stand-in's figures would say; shown apart, decides nothing. */
  standin: z
    .strictObject({ verdict: z.enum(VERDICTS), reason: z.string(), effects: z.array(effectSchema).optional() })
    .optional(),
});
export type ClaimVerdict = z.infer<typeof claimVerdictSchema>;
