import { z } from 'zod';
import { OUTCOMES } from './sample.js';
import { cellSchema } from './plan.js';

/** A validity gate (method rule 11): what was looked at, whether it held, and what would mend it. */
export const gateSchema = z.strictObject({
  name: z.enum([
    'parity',
    'generator-lag',
    'generator-drops',
    'steadiness',
    'littles-law',
    'equal-bytes',
    'errors',
    'samples',
    'cut',
  ]),
  passed: z.boolean(),
  detail: z.string(),
  remedy: z.string().optional(),
});
export type Gate = z.infer<typeof gateSchema>;

export const latencySummarySchema = z.strictObject({
  n: z.int(),
  meanMs: z.number(),
  minMs: z.number(),
  maxMs: z.number(),
  /** valueMs is null where n does not certify the percentile at 99% confidence (method rule 9); neededN says how many would. */
  percentiles: z.array(
    z.strictObject({
      p: z.number(),
      valueMs: z.number().nullable(),
      /** What the percentile does not exceed with 99% confidence; null where n does not certify it. */
      boundMs: z.number().nullable().optional(),
      neededN: z.int(),
    }),
  ),
  /** Points of the percentile spectrum for plotting, up to the highest certified percentile. */
  spectrum: z.array(z.strictObject({ p: z.number(), ms: z.number() })),
});
export type LatencySummary = z.infer<typeof latencySummarySchema>;

/** The two latencies of a cell, side by side everywhere (method rule 3). */
export const LATENCIES = ['service', 'response'] as const;
export type Latency = (typeof LATENCIES)[number];

/** A percentile in milliseconds; null where n does not certify it (method rule 9). */
export function percentileMs({ percentiles }: LatencySummary, p: number): number | null {
  return percentiles.find((each) => Math.abs(each.p - p) < 1e-9)?.valueMs ?? null;
}

const intervalSchema = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
export type Interval = z.infer<typeof intervalSchema>;

/** Everything computed for one cell over its trials. */
export const cellResultSchema = z.strictObject({
  cell: cellSchema,
  valid: z.boolean(),
  gates: z.array(gateSchema),
  trials: z.array(
    z.strictObject({
      id: z.string(),
      block: z.int(),
      pass: z.int().optional(),
      position: z.int(),
      valid: z.boolean(),
      gates: z.array(gateSchema),
      throughputPerS: z.number(),
      /** Median service time; null where half of the requests or more had no right answer. */
      p50Ms: z.number().nullable(),
      /** 90th percentile of the response time; null where the trial alone does not certify it (method rule 9). */
      responseP90Ms: z.number().nullable(),
      /** The same of the service time, without the generator's lag; absent in older runs. */
      serviceP90Ms: z.number().nullable().optional(),
    }),
  ),
  outcomes: z.record(z.enum(OUTCOMES), z.int()),
  /** Correct answers per second with a bootstrap 95% interval over the trials; their range where they are fewer than five. */
  throughputPerS: intervalSchema,
  /** Of an open loop: right answers per second within 50 ms of the intended instant, mean of the trials; else null. */
  goodputPerS: z.number().nullable(),
  /** From the actual send to the last byte. */
  service: latencySummarySchema,
  /** From the intended send to the last byte: what a user waits (method rule 3). */
  response: latencySummarySchema,
  bytesOutMean: z.number(),
  bytesInMean: z.number(),
  cpuMsPerRequest: z.number().nullable(),
  rssMaxBytes: z.number().nullable(),
  /** Of a Node contestant: median over the trials of the 99th percentile. */
  eventLoopDelayP99Ms: z.number().nullable(),
  /** Mean milliseconds of each part of a request; `unaccounted` is the remainder, never clamped (method rule 17). */
  split: z.array(z.strictObject({ part: z.string(), ms: z.number() })),
});
export type CellResult = z.infer<typeof cellResultSchema>;
