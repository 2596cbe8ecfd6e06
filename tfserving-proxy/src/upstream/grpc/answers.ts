import { httpStatusFromGrpcCode, httpStatusFromStatusName } from '@serving-study/serving-kit';
import { errorResponseBody, type JsonRequestError } from '@serving-study/tfserving-json';
import type { ApiAnswer } from '../upstream.js';
import type { ApiCall } from './api-call.js';
import type { CallOutcome } from './model-server-client.js';

type Timing = ApiAnswer['timing'];

export function accepted(body: Uint8Array, timing: Timing, modelVersion?: string): ApiAnswer {
  return { httpStatus: 200, headers: {}, body, timing, modelVersion };
}

/** What the model server refused, under the HTTP status that its own REST port would have given it. */
export function refusedByServer({ code, text }: CallOutcome<never> & { kind: 'refused' }, timing: Timing): ApiAnswer {
  return { httpStatus: httpStatusFromGrpcCode(code), headers: {}, body: errorResponseBody(text), timing };
}

/** What the model server's REST port would have refused before it came to the model. */
export function refusedByJson(error: JsonRequestError | string, timing: Timing = {}): ApiAnswer {
  const name = typeof error === 'string' ? 'INVALID_ARGUMENT' : error.code;
  return { httpStatus: httpStatusFromStatusName(name), headers: {}, body: errorResponseBody(error), timing };
}

/** Answers to calls that reach no model. */
export function refusedBeforehand(call: ApiCall & { kind: 'preflight' | 'refused' }): ApiAnswer {
  if (call.kind === 'refused' && call.text !== undefined) return refusedByJson(call.text);
  const httpStatus = call.kind === 'preflight' && call.allowed ? 200 : 400;
  const headers = call.kind === 'preflight' ? { 'content-type': 'text/html; charset=ISO-8859-1' } : {};
  return { httpStatus, headers, body: new Uint8Array(0), timing: {} };
}
