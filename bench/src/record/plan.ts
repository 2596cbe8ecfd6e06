import { z } from 'zod';
import { conditionSchema } from './condition.js';

export const profileSchema = z.enum(['quick', 'standard', 'thorough']);
export type Profile = z.infer<typeof profileSchema>;

/** Separate seeds, so that one can be changed alone (method rule 2). Each pair of trials derives its own from these. */
export const seedsSchema = z.strictObject({ arrivals: z.int(), inputs: z.int(), order: z.int() });
export type Seeds = z.infer<typeof seedsSchema>;

/** One contestant under one condition. */
export const cellSchema = z.strictObject({
  id: z.string(),
  experiment: z.string(),
  contestant: z.string(),
  condition: conditionSchema,
  /** Cells with the same group are interleaved in A B B A blocks and share the seeds of each block (method rule 8). */
  group: z.string(),
  /** Whether a claim rests on it: its blocks are then spread over the passes (method rule 8). */
  decides: z.boolean().default(false),
  /** Number of trials: one in each block. */
  trials: z.int().min(1),
  warmupMs: z.number().min(0),
  durationMs: z.number().positive(),
  timeoutMs: z.number().positive(),
  /** Highest share of requests that may fail before the cell is INVALID (method rule 11). */
  errorLimit: z.number().min(0).max(1),
});
export type Cell = z.infer<typeof cellSchema>;

export const planSchema = z.strictObject({
  profile: profileSchema,
  seeds: seedsSchema,
  experiments: z.array(z.string()),
  cells: z.array(cellSchema),
  /** Stays at the cells that decide claims: their blocks are spread over so many rounds of the plan (method rule 8). */
  passes: z.int().min(1).default(1),
  /** Whether servers are restarted for each pass. */
  startsAnew: z.boolean().default(false),
  /** How often a contestant that died is restarted before its cells are left out. */
  restarts: z.int().min(0).default(0),
  /** Expected time of all trials with their warm-ups, of starting servers, and of what is observed besides. */
  expectedMs: z.number(),
});
export type Plan = z.infer<typeof planSchema>;
