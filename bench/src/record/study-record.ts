import { z } from 'zod';
import { contestantSchema, servingSourceSchema } from './contestant.js';
import { floorSchema } from './floor.js';
import { ledgerRowSchema } from './ledger.js';
import { modelFactsSchema } from './model-facts.js';
import { paritySchema } from './parity.js';
import { planSchema } from './plan.js';

/** study.json: everything about a run that is not a sample. Written again, whole, after each stage. */
export const studyRecordSchema = z.strictObject({
  formatVersion: z.literal(1),
  id: z.string(),
  command: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** Why the run ended before its plan did, in words; absent when it did not. */
  interrupted: z.string().optional(),
  machine: z.record(z.string(), z.string()),
  versions: z.record(z.string(), z.string()),
  serving: servingSourceSchema,
  contestants: z.array(contestantSchema),
  /** Contestants or experiments that could not be run, with the reason: they read NOT TESTED. */
  notTested: z.array(z.strictObject({ subject: z.string(), reason: z.string() })),
  /** The models of the plan. */
  models: z.array(modelFactsSchema).optional(),
  ledger: z.array(ledgerRowSchema),
  /** What the load generator itself takes, for each kind of request in the plan; absent where it was not measured. */
  floors: z.array(floorSchema).optional(),
  parity: paritySchema.optional(),
  /** First answer after a cold start (method rule 6): milliseconds from spawning the process, by contestant. */
  coldStarts: z.array(z.strictObject({ contestant: z.string(), readyMs: z.number(), firstAnswerMs: z.number() })),
  plan: planSchema,
  /** What experiments recorded that is not a trial (timelines, counts of lines ...), by experiment id. */
  observations: z.record(z.string(), z.unknown()),
});
export type StudyRecord = z.infer<typeof studyRecordSchema>;
