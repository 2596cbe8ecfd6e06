import type { GrpcAnswer } from './grpc-call.js';
import { plainResponse } from './messages.js';
import type { Call } from './recordings.js';
import { callRest } from './rest-call.js';
import type { Target } from './replay-vectors.js';
import { isListening } from './is-listening.js';

export const REFUSED = 'connection refused';

interface StatusResponse {
  model_version_status?: {
    version?: string;
    state?: string;
    status?: { error_code?: string; error_message?: string };
  }[];
}
interface PredictResponse {
  model_spec?: { version?: { value?: string } };
  outputs?: Record<string, Record<string, unknown>>;
}

/** One sample of a timeline's probe in the form of its recorded events. */
export async function probe(call: Call, target: Target, grpcPort: number): Promise<unknown> {
  if (call.kind === 'rest') {
    const answer = await callRest(target.rest, call.request).catch(() => REFUSED);
    if (answer === REFUSED || typeof answer === 'string') return REFUSED;
    return answer === undefined ? 'no answer' : { status: answer.status, body: answer.body.toString() };
  }
  const answer = await target.grpc.call(call.request, target.places);
  if (answer.code === 'UNAVAILABLE' && !(await isListening(target.rest.host, grpcPort))) return REFUSED;
  return grpcValue(call.request.method, answer);
}

function grpcValue(method: string, answer: GrpcAnswer): unknown {
  if (answer.code !== 'OK') return { code: answer.code, message: answer.message };
  const plain = plainResponse(method, answer.bytes);
  if (method.endsWith('/GetModelStatus'))
    return ((plain as StatusResponse).model_version_status ?? []).map(({ version = '0', state, status }) => ({
      version,
      state,
      error_code: status?.error_code ?? null,
      error_message: status?.error_message ?? '',
    }));
  const { model_spec: spec, outputs = {} } = plain as PredictResponse;
  return {
    version: spec?.version?.value,
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([alias, tensor]) => [
        alias,
        Object.entries(tensor).find(([key]) => key.endsWith('_val'))?.[1],
      ]),
    ),
  };
}
