import { z } from 'zod';

/** Whose figure it is: a contestant and, where one is measured in several ways, what tells them apart ("batching", "base64"). */
const whose = { contestant: z.string(), variant: z.string().optional() };

const height = {
  y: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
  valid: z.boolean().optional(),
};

/** A picture as data: the report decides how it looks. `x`/`y` name the axes with units. */
export const chartSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('lines'),
    title: z.string(),
    caption: z.string(),
    x: z.string(),
    y: z.string(),
    xScale: z.enum(['linear', 'log']),
    yScale: z.enum(['linear', 'log']),
    /** One line for each contestant and variant. */
    points: z.array(z.strictObject({ ...whose, x: z.number(), ...height })),
  }),
  z.strictObject({
    kind: z.literal('bars'),
    title: z.string(),
    caption: z.string(),
    x: z.string(),
    y: z.string(),
    /** `contestant`: a group for each, coloured by variant, `x` unused. `x`: a group for each x, coloured by contestant. */
    rows: z.enum(['contestant', 'x']),
    /** True: the bars of one group are parts of a whole. */
    stacked: z.boolean(),
    points: z.array(z.strictObject({ ...whose, x: z.string(), ...height })),
    /** A line to compare with, e.g. the source text's 62.4 ms (method rule 21). */
    reference: z.strictObject({ y: z.number(), label: z.string() }).optional(),
  }),
  z.strictObject({
    kind: z.literal('spectrum'),
    title: z.string(),
    caption: z.string(),
    /** One line per contestant and latency kind; p in 0 to 1, drawn on a 1/(1-p) scale. */
    points: z.array(
      z.strictObject({ ...whose, latency: z.enum(['service', 'response']), p: z.number(), ms: z.number() }),
    ),
  }),
  z.strictObject({
    kind: z.literal('timeline'),
    title: z.string(),
    caption: z.string(),
    y: z.string(),
    points: z.array(z.strictObject({ ...whose, atS: z.number(), y: z.number() })),
    events: z.array(z.strictObject({ atS: z.number(), label: z.string() })),
  }),
]);
export type Chart = z.infer<typeof chartSchema>;

export const tableSchema = z.strictObject({
  title: z.string(),
  /** A cell of a `contestant` column is an id. */
  columns: z.array(z.strictObject({ name: z.string(), kind: z.enum(['text', 'number', 'contestant']) })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  note: z.string().optional(),
});
export type Table = z.infer<typeof tableSchema>;

/** A sentence of an answer, and whose figures it tells. */
const sentenceSchema = z.strictObject({ text: z.string(), contestants: z.array(z.string()) });
export type Sentence = z.infer<typeof sentenceSchema>;

/** One experiment as the report tells it: question, what was done, picture, answer, why, what it means for the reader. */
export const experimentResultSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  question: z.string(),
  hypothesis: z.string(),
  /** What was done, in words with the numbers of this run. */
  done: z.string(),
  status: z.enum(['measured', 'partly', 'not-tested']),
  /** Why not or only partly; absent when all was measured. */
  reason: z.string().optional(),
  answer: z.array(sentenceSchema),
  /** What explains the answer, as far as the figures show it; absent when they do not. */
  why: z.array(sentenceSchema).optional(),
  meaning: z.string(),
  charts: z.array(chartSchema),
  tables: z.array(tableSchema),
});
export type ExperimentResult = z.infer<typeof experimentResultSchema>;
