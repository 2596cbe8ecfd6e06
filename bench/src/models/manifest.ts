import { z } from 'zod';

const tensorSchema = z.strictObject({
  dtype: z.enum(['float', 'string']),
  /** With the batch dimension first; -1 where the size is free. */
  shape: z.array(z.int().min(-1)),
});

const signatureSchema = z.strictObject({
  /** By the alias clients use. */
  inputs: z.record(z.string(), tensorSchema),
  outputs: z.record(z.string(), tensorSchema),
});

const accuracySchema = z.strictObject({ top1: z.number().min(0).max(1), n: z.int().positive() });

const versionSchema = z.strictObject({
  version: z.int().positive(),
  /** Of the version folder's files; `folderDigest` computes it. */
  sha256: z.hex().length(64),
  /** Of all files together. */
  bytes: z.int().positive(),
  /** The same, each file compressed: what a download takes, and where zeroed weights show. */
  gzipBytes: z.int().positive(),
  /** On images no training saw. Null where the labels mean nothing; `noAccuracyBecause` then says why. */
  accuracy: z.strictObject({ heldout: accuracySchema, committed: accuracySchema }).nullable(),
  noAccuracyBecause: z.string().optional(),
  provenance: z.strictObject({ weights: z.string(), data: z.string().nullable(), seed: z.int().nullable() }),
});

const modelSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  series: z.array(z.enum(['default', 'versions', 'complexity', 'depth', 'width', 'large-input', 'optimised'])).min(1),
  /** The model an optimised one is measured against, in time and accuracy; where its weights start from, unless it is a design of its own. */
  base: z.string().nullable(),
  /** committed: in the repository. on-demand: built into the cache, see `ensureModel`. */
  location: z.enum(['committed', 'on-demand']),
  /** Folder of the numeric version folders, relative to the project's root: what servers take as base path. */
  path: z.string(),
  build: z.strictObject({ command: z.string(), seconds: z.number().nonnegative() }),
  /** How the weights lie in the file. TensorFlow computes in float32 either way. */
  storage: z.enum(['float32', 'float16', 'int8']),
  parameters: z.int().positive(),
  nonZeroParameters: z.int().positive(),
  /** Layers that have weights, normalisation not counted. */
  layers: z.int().positive(),
  /** Of one inference at batch 1; `flopsMethod` says how they were counted. */
  flopsPerInstance: z.int().positive(),
  signatures: z.record(z.string(), signatureSchema),
  versions: z.array(versionSchema).min(1),
});

/** models/manifest.json: everything the study knows about the models without loading them. */
export const manifestSchema = z.strictObject({
  schema: z.literal(1),
  madeWith: z.strictObject({
    script: z.string(),
    tensorflow: z.string(),
    keras: z.string(),
    numpy: z.string(),
    python: z.string(),
  }),
  flopsMethod: z.string(),
  digestMethod: z.string(),
  data: z.strictObject({
    name: z.string(),
    source: z.url(),
    package: z.string(),
    copyright: z.string(),
    licence: z.string(),
  }),
  models: z.array(modelSchema).min(1),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestModel = z.infer<typeof modelSchema>;
