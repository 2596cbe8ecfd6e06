import { z } from 'zod';
import { effectSchema } from './claim-verdict.js';

const seriesPoint = z.strictObject({
  series: z.string(),
  x: z.union([z.number(), z.string()]),
  y: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
  valid: z.boolean().optional(),
});

/** A picture as data: the report decides how it looks. `x`/`y` name the axes with units. */
export const chartSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('lines'),
    title: z.string(),
    caption: z.string(),
    x: z.string(),
    y: z.string(),
    xScale: z.enum(['linear', 'log', 'category']),
    yScale: z.enum(['linear', 'log']),
    points: z.array(seriesPoint),
    /** A horizontal line to compare with, e.g. a latency limit or the source text's 62.4 ms (method rule 21). */
    reference: z.strictObject({ y: z.number(), label: z.string() }).optional(),
  }),
  z.strictObject({
    kind: z.literal('bars'),
    title: z.string(),
    caption: z.string(),
    x: z.string(),
    y: z.string(),
    points: z.array(seriesPoint),
    /** True: the series of one x are parts of a whole (split of time). */
    stacked: z.boolean(),
    reference: z.strictObject({ y: z.number(), label: z.string() }).optional(),
  }),
  z.strictObject({
    kind: z.literal('spectrum'),
    title: z.string(),
    caption: z.string(),
    /** One line per contestant and latency kind; p in 0 to 1, drawn on a 1/(1-p) scale. */
    points: z.array(
      z.strictObject({ series: z.string(), latency: z.enum(['service', 'response']), p: z.number(), ms: z.number() }),
    ),
  }),
  z.strictObject({
    kind: z.literal('timeline'),
    title: z.string(),
    caption: z.string(),
    y: z.string(),
    points: z.array(z.strictObject({ series: z.string(), atS: z.number(), y: z.number() })),
    events: z.array(z.strictObject({ atS: z.number(), label: z.string() })),
  }),
  z.strictObject({
    kind: z.literal('ratios'),
    title: z.string(),
    caption: z.string(),
    /** Forest plot: one row per comparison, with the equivalence band around 1. */
    rows: z.array(z.strictObject({ label: z.string(), effect: effectSchema })),
    margin: z.number(),
  }),
]);
export type Chart = z.infer<typeof chartSchema>;

export const tableSchema = z.strictObject({
  title: z.string(),
  columns: z.array(z.strictObject({ name: z.string(), numeric: z.boolean() })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  note: z.string().optional(),
});
export type Table = z.infer<typeof tableSchema>;

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
  answer: z.string(),
  /** What explains the answer, as far as the figures show it; absent when they do not. */
  why: z.string().optional(),
  meaning: z.string(),
  charts: z.array(chartSchema),
  tables: z.array(tableSchema),
});
export type ExperimentResult = z.infer<typeof experimentResultSchema>;
