import { z } from 'zod';

/** The generator watches itself (method rule 5). */
const generatorHealthSchema = z.strictObject({
  /** Actual send minus intended send. */
  lagP50Ms: z.number(),
  lagP99Ms: z.number(),
  lagMaxMs: z.number(),
  /** CPU seconds the generator used per second of the trial, its workers included. */
  cpuShare: z.number(),
  /** In runs from before the sockets were on system calls, when the generator had an event loop to watch. */
  eventLoopDelayP99Ms: z.number().optional(),
  /** Requests on the schedule that the generator itself could not send. */
  dropped: z.int(),
  /** In runs from when the generator could be in the kernel's real-time class. */
  scheduling: z.enum(['real-time', 'normal']).optional(),
  /** In runs from when the sockets could be on node:net, which takes longer. */
  driver: z.enum(['system-calls', 'node']).optional(),
  /** Connections opened in the trial, its warm-up included; absent in older runs. Others were open from the trial before. */
  connectionsOpened: z.int().optional(),
});
export type GeneratorHealth = z.infer<typeof generatorHealthSchema>;

/** One process (or container) during a trial, from /proc or the container engine. */
const processUsageSchema = z.strictObject({
  contestant: z.string(),
  name: z.string(),
  pid: z.int().optional(),
  cpuSeconds: z.number(),
  rssMaxBytes: z.number(),
  rssMeanBytes: z.number(),
  voluntarySwitches: z.number(),
  involuntarySwitches: z.number(),
  threads: z.int(),
});
export type ProcessUsage = z.infer<typeof processUsageSchema>;

/** trials.jsonl: one line per trial, appended when it ends. The samples are in `samplesFile`, relative to the run folder. */
export const trialRecordSchema = z.strictObject({
  id: z.string(),
  cell: z.string(),
  /** From 0, numbered through all passes. */
  block: z.int(),
  /** From 0: the round of the plan it was measured in; absent in runs from before there were several. */
  pass: z.int().min(0).optional(),
  /** Place inside the block: A B B A, so that drift falls on both alike (method rule 8). */
  position: z.int(),
  seeds: z.strictObject({ arrivals: z.int(), inputs: z.int() }),
  startedAt: z.iso.datetime(),
  /** Length of the measured window. */
  durationMs: z.number(),
  samplesFile: z.string(),
  samples: z.int(),
  generator: generatorHealthSchema,
  /** Where generators on several machines ran it: each by its address; `generator` is then the worst of them. */
  generators: z.record(z.string(), generatorHealthSchema).optional(),
  usage: z.array(processUsageSchema),
  /** How long the event loop of a Node contestant was held up, 99th percentile over warm-up and window. */
  eventLoopDelayP99Ms: z.number().optional(),
  /** Means from before the warm-up until behind the last answer, from the server's own counters (_sum/_count deltas), in us. */
  serverMeansUs: z.record(z.string(), z.number()).optional(),
  /** Delay the network emulation really added, measured at the start of the visit; absent on plain loopback. */
  measuredRttMs: z.number().optional(),
  /** Up to five different ways in which requests failed, in words; absent when none did. */
  failures: z.array(z.string()).optional(),
  /** True when the trial was cut short (Ctrl-C), in older runs: now a block that did not end leaves no trials. */
  cut: z.boolean(),
});
export type TrialRecord = z.infer<typeof trialRecordSchema>;
