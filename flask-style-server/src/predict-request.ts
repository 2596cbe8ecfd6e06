import { ServiceError, predictRequestSchema, serviceError, type PredictRequest } from '@serving-study/serving-kit';

/** The JSON of a body, or the 400 that says where it breaks. */
export function bodyFromBytes(bytes: Buffer): unknown {
  if (bytes.length === 0) throw serviceError('empty-body');
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    throw serviceError('malformed-json', (error as SyntaxError).message);
  }
}

export function predictRequestFromBody(body: unknown): PredictRequest {
  const parsed = predictRequestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ServiceError('bad-predict-request', parsed.error.issues[0]?.message ?? '');
}
