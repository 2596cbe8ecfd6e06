import { httpStatusFromStatusName, type ServiceError } from '@serving-study/serving-kit';
import { errorResponseBody, type JsonRequestError } from '@serving-study/tfserving-json';
import type { ApiAnswer } from '../../upstream.js';
import type { ApiCall } from './api-call.js';

type Timing = ApiAnswer['timing'];

export function accepted(body: Uint8Array, timing: Timing, modelVersion?: string): ApiAnswer {
  return { httpStatus: 200, body, timing, modelVersion };
}

/** What the model server refused, in the layout of its own REST port. */
export function refusedByServer({ httpStatus, message }: ServiceError): ApiAnswer {
  return { httpStatus, body: errorResponseBody(message), timing: {} };
}

/** What the model server's REST port would have refused before it came to the model. */
export function refusedByJson(error: JsonRequestError | string): ApiAnswer {
  const name = typeof error === 'string' ? 'INVALID_ARGUMENT' : error.code;
  return { httpStatus: httpStatusFromStatusName(name), body: errorResponseBody(error), timing: {} };
}

/** Answers to calls that reach no model. */
export function refusedBeforehand(call: ApiCall & { kind: 'preflight' | 'refused' }): ApiAnswer {
  if (call.kind === 'refused' && call.text !== undefined) return refusedByJson(call.text);
  const httpStatus = call.kind === 'preflight' && call.allowed ? 200 : 400;
  const headers = call.kind === 'preflight' ? { 'content-type': 'text/html; charset=ISO-8859-1' } : {};
  return { httpStatus, headers, body: new Uint8Array(0), timing: {} };
}
