import { z } from 'zod';
import type { Condition } from './condition.js';
import { contestantSchema, servingSourceSchema } from './contestant.js';
import { floorSchema } from './floor.js';
import { ledgerRowSchema } from './ledger.js';
import { modelFactsSchema } from './model-facts.js';
import { ownModelSchema } from './own-model.js';
import { paritySchema } from './parity.js';
import { planSchema, profileSchema } from './plan.js';

/** One stretch of a run: from its start, or from a resume, to its end or to what cut it off. */
const segmentSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  command: z.string(),
  machine: z.record(z.string(), z.string()),
  versions: z.record(z.string(), z.string()),
  serving: servingSourceSchema,
});
export type Segment = z.infer<typeof segmentSchema>;

/** What the command line asked for: a resume may not ask for anything else. */
export const askedSchema = z.strictObject({
  program: z.enum(['study', 'bench']),
  profile: profileSchema,
  only: z.array(z.string()).optional(),
  contestants: z.array(z.string()).optional(),
  /** `contestant=address` of servers that ran already. */
  targets: z.array(z.string()).optional(),
  /** Where the load comes from, as it was typed; absent: from beside the bench. */
  generators: z.string().optional(),
  seed: z.int(),
  timeFactor: z.number().positive(),
  /** The user's own model, options as they were typed; absent: the models of this project. */
  model: z
    .strictObject({
      path: z.string(),
      name: z.string().optional(),
      requests: z.string().optional(),
      signature: z.string().optional(),
      modelV2: z.string().optional(),
      dims: z.record(z.string(), z.array(z.int())).optional(),
      range: z.tuple([z.int(), z.int()]).optional(),
    })
    .optional(),
});
export type ModelOptions = NonNullable<Asked['model']>;
export type Asked = z.infer<typeof askedSchema>;

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
  /** The run's stretches, the first included; absent in older runs, which have one. */
  segments: z.array(segmentSchema).optional(),
  asked: askedSchema.optional(),
  contestants: z.array(contestantSchema),
  /** Contestants, cells or experiments that could not be run, with the reason: they read NOT TESTED. */
  notTested: z.array(
    z.strictObject({
      subject: z.string(),
      reason: z.string(),
      /**
       * When the run found it, so that a resume tries again; absent for what was known before. The trials of a cell that is
       * left out in `measurement` are not used: its server died.
       */
      during: z.enum(['build', 'start', 'measurement', 'observation']).optional(),
    }),
  ),
  /** What happened to contestants on the way: deaths, and starts after them. */
  events: z.array(z.strictObject({ at: z.iso.datetime(), contestant: z.string(), what: z.string() })).optional(),
  /** The model that the study is about, where it is the user's own. */
  own: ownModelSchema.optional(),
  /** The models of the plan. */
  models: z.array(modelFactsSchema).optional(),
  ledger: z.array(ledgerRowSchema),
  /** What the load generator itself takes, for each kind of request in the plan; absent where it was not measured. */
  floors: z.array(floorSchema).optional(),
  parity: paritySchema.optional(),
  /** First answer of processes that had just started (method rule 6): milliseconds, by contestant. */
  coldStarts: z.array(z.strictObject({ contestant: z.string(), readyMs: z.number(), firstAnswerMs: z.number() })),
  plan: planSchema,
  /** What experiments recorded that is not a trial (timelines, counts of lines ...), by experiment id. */
  observations: z.record(z.string(), z.unknown()),
});
export type StudyRecord = z.infer<typeof studyRecordSchema>;

/** The subject of `notTested` for a contestant in one launch: `flask-style with mlp-10k`, `direct-rest with fashion-cnn, cpus=0`. */
export function startedAs(contestant: string, { model, factors = {} }: Pick<Condition, 'model' | 'factors'>): string {
  const varied = Object.entries(factors).map(([name, value]) => `, ${name}=${value}`);
  return `${contestant} with ${model}${varied.join('')}`;
}

/** The subject of `notTested` for a contestant that is missing from what an experiment observed. */
export function absentFrom(experiment: string, contestant: string): string {
  return `${contestant} in ${experiment}`;
}
