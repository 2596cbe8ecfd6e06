import { z } from 'zod';

/** Any answer that is not a success. */
export const errorResponseSchema = z.object({ error: z.string() });

/** Answer to `:predict`: `predictions` to the row format, `outputs` to the columnar one. */
export const predictResponseSchema = z.union([
  z.object({ predictions: z.array(z.unknown()) }),
  z.object({ outputs: z.unknown() }),
]);

/** Answer to `GET /v1/models/M`; versions descending. 64-bit integers are decimal text, as in protobuf's JSON. */
export const statusResponseSchema = z.object({
  model_version_status: z.array(
    z.object({
      version: z.string().regex(/^\d+$/),
      state: z.enum(['UNKNOWN', 'START', 'LOADING', 'AVAILABLE', 'UNLOADING', 'END']),
      status: z.object({ error_code: z.string(), error_message: z.string() }),
    }),
  ),
});
export type StatusResponse = z.infer<typeof statusResponseSchema>;

const tensorInfoSchema = z.object({
  name: z.string(),
  dtype: z.string().startsWith('DT_'),
  tensor_shape: z.object({ dim: z.array(z.object({ size: z.string(), name: z.string() })), unknown_rank: z.boolean() }),
});
const signatureSchema = z.object({
  inputs: z.record(z.string(), tensorInfoSchema),
  outputs: z.record(z.string(), tensorInfoSchema),
  method_name: z.string(),
});

/** Answer to `GET /v1/models/M/metadata`. */
export const metadataResponseSchema = z.object({
  model_spec: z.object({ name: z.string(), signature_name: z.string(), version: z.string().regex(/^\d+$/) }),
  metadata: z.object({ signature_def: z.object({ signature_def: z.record(z.string(), signatureSchema) }) }),
});
export type MetadataResponse = z.infer<typeof metadataResponseSchema>;
