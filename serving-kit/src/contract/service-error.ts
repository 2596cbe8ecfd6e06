import { httpStatusFromStatusName } from './status-table.js';

/** An answer other than success that the caller is meant to read: its text goes into the body as it is. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly httpStatus: number;

  constructor(httpStatus: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.httpStatus = httpStatus;
  }
}

const BAD_REQUEST = httpStatusFromStatusName('INVALID_ARGUMENT');
const UNAVAILABLE = httpStatusFromStatusName('UNAVAILABLE');
/** No client reads this one: it has gone. */
export const CLIENT_GONE = httpStatusFromStatusName('CANCELLED');

/** The errors that both services answer with: HTTP status and text. TensorFlow Serving's, wherever it has the same situation. */
const SHARED_ERRORS = {
  'malformed-request': entry(BAD_REQUEST, (method: string, url: string) => `Malformed request: ${method} ${url}`),
  'unreadable-request': entry(BAD_REQUEST, (reason: string) => `Malformed request: ${reason}`),
  'unknown-upstream': entry(
    BAD_REQUEST,
    (value: string) => `X-Study-Upstream: ${value} is not known; send grpc or rest`,
  ),
  'route-not-found': entry(
    httpStatusFromStatusName('NOT_FOUND'),
    (method: string, url: string) => `Nothing answers ${method} ${url}; see /v1/models/<name>`,
  ),
  'body-too-large': entry(
    413,
    (limitBytes: number) => `The request body is over the limit of ${limitBytes} bytes (STUDY_BODY_LIMIT_BYTES)`,
  ),
  'bodies-too-large': entry(
    UNAVAILABLE,
    (limitBytes: number) =>
      `The requests being answered are over the limit of ${limitBytes} bytes together (STUDY_BODIES_LIMIT_BYTES)`,
  ),
  'deadline-exceeded': entry(
    httpStatusFromStatusName('DEADLINE_EXCEEDED'),
    (deadlineMs: number) => `The model server did not answer within ${deadlineMs} ms (STUDY_DEADLINE_MS)`,
  ),
  'client-gone': entry(CLIENT_GONE, () => 'The client closed the connection before the answer'),
  'upstream-unreachable': entry(UNAVAILABLE, (reason: string) => `The model server cannot be reached: ${reason}`),
  internal: entry(
    httpStatusFromStatusName('INTERNAL'),
    (incident: string) => `Internal error; the server's log has it as incident ${incident}`,
  ),
} as const;

type SharedErrors = typeof SHARED_ERRORS;

/** One of the shared errors: `serviceError('body-too-large', 1000)`. */
export function serviceError<C extends keyof SharedErrors>(
  code: C,
  ...details: Parameters<SharedErrors[C]['message']>
): ServiceError {
  // the table ties the code to its details; TypeScript cannot carry that tie through the lookup
  const message = SHARED_ERRORS[code].message as (...values: Parameters<SharedErrors[C]['message']>) => string;
  return new ServiceError(SHARED_ERRORS[code].httpStatus, message(...details));
}

interface Entry<A extends readonly unknown[]> {
  readonly httpStatus: number;
  readonly message: (...details: A) => string;
}

function entry<A extends readonly unknown[]>(httpStatus: number, message: (...details: A) => string): Entry<A> {
  return { httpStatus, message };
}
