import { z } from 'zod';
import { ERROR_CATALOGUE } from './error-catalogue.js';

/** The signature a request means when it names none. */
export const DEFAULT_SIGNATURE = 'serving_default';

/**
 * Body of `:predict`. Row format: `instances`, one entry per instance. Columnar format: `inputs`, the whole tensor or one
 * per input. Values are checked against the model's signature later: only it knows dtypes and shapes.
 * Messages of the issues are the texts of the error catalogue, in TensorFlow Serving's order.
 */
export const predictRequestSchema = z
  .object(
    {
      signature_name: z
        .string({ error: ({ input }) => ERROR_CATALOGUE['signature-name-not-a-string'].message(input) })
        .transform((name) => (name === '' ? DEFAULT_SIGNATURE : name))
        .default(DEFAULT_SIGNATURE),
      instances: z.unknown().optional(),
      inputs: z.unknown().optional(),
    },
    { error: ({ input }) => ERROR_CATALOGUE['body-not-an-object'].message(input) },
  )
  .transform(({ signature_name: signatureName, instances, inputs }, context): PredictRequest => {
    const refuse = (message: string): never => {
      context.issues.push({ code: 'custom', message, input: undefined });
      return z.NEVER;
    };
    if (instances === undefined && inputs === undefined) return refuse(ERROR_CATALOGUE['no-inputs'].message());
    if (instances === undefined) return { signatureName, format: 'columnar', inputs };
    if (inputs !== undefined) return refuse(ERROR_CATALOGUE['both-formats'].message({ instances, inputs }));
    if (!Array.isArray(instances)) return refuse(ERROR_CATALOGUE['instances-not-a-list'].message(instances));
    if (instances.length === 0) return refuse(ERROR_CATALOGUE['instances-empty'].message(instances));
    return { signatureName, format: 'row', instances };
  });

export type PredictRequest =
  | { readonly signatureName: string; readonly format: 'row'; readonly instances: readonly unknown[] }
  | { readonly signatureName: string; readonly format: 'columnar'; readonly inputs: unknown };
