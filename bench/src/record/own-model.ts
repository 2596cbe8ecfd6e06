import { z } from 'zod';

const tensorInfoSchema = z.strictObject({
  alias: z.string(),
  dtype: z.string(),
  /** -1 where a size is open; null where the rank is. */
  shape: z.array(z.int()).nullable(),
});

/** What a run knows of the user's own model (docs/own-model.md), kept so that its report needs no model. */
export const ownModelSchema = z.strictObject({
  name: z.string(),
  /** The folder of it that is served. */
  version: z.int().positive(),
  /** As it was typed. */
  path: z.string(),
  signature: z.string(),
  /** Of the files as they were given: a run goes on with the same only. */
  sha256: z.strictObject({ model: z.string(), requests: z.string().nullable(), update: z.string().nullable() }),
  otherSignatures: z.array(z.string()),
  inputs: z.array(tensorInfoSchema),
  outputs: z.array(tensorInfoSchema),
  /** Elements of the variables that the signature reads; of a frozen graph, which has none, those of its constants. */
  parameters: z.int(),
  /** Of the version's files. */
  bytes: z.int(),
  requests: z.strictObject({
    kind: z.enum(['recorded', 'generated']),
    /** How many of them are sent. */
    used: z.int(),
    of: z.int(),
    /** Of the file, or how they were generated. */
    from: z.string(),
    /** Mean over those sent; null where JSON cannot carry the inputs. */
    jsonBytes: z.number().nullable(),
    grpcBytes: z.number(),
  }),
  /** TensorFlow that gave the right answers. */
  tensorflow: z.string(),
  /** Milliseconds of one prediction without a server, and of each further instance in it. */
  predictionMs: z.strictObject({ one: z.number(), more: z.number() }),
  /** Why a request cannot hold any number of instances; absent: it can. */
  notBatchable: z.string().optional(),
  /** How a request can carry the inputs. */
  payloads: z.array(z.enum(['json', 'base64', 'tensor-content', 'float-val'])),
  /** Why TensorFlow's binding for Node cannot run it: the asynchronous session then stands for the Flask style. */
  bindingCannot: z.string().optional(),
  /** Why whoever reads requests with JavaScript's JSON refuses them: then the real Flask does. */
  digitsLost: z.string().optional(),
  /** Outputs that differ from call to call, and what in the graph may do it. */
  varies: z.array(z.strictObject({ output: z.string(), reason: z.string() })),
  /** The version of an update: a model of its own, or a copy where none was given. */
  update: z.strictObject({
    version: z.int().positive(),
    path: z.string().nullable(),
    /** Whether it gives the same answer to any of the requests: answers then do not tell which version they are of. */
    answersAlike: z.boolean(),
  }),
});
export type OwnModel = z.infer<typeof ownModelSchema>;
