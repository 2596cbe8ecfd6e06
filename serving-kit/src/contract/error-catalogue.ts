import { httpStatusFromStatusName } from './status-table.js';

const BAD_REQUEST = httpStatusFromStatusName('INVALID_ARGUMENT');
const NOT_FOUND = httpStatusFromStatusName('NOT_FOUND');

/**
 * Every error our services answer with: a stable code, the HTTP status and the text. Texts and statuses are TensorFlow
 * Serving's wherever it has the same situation, so that one client reads all contestants alike.
 */
export const ERROR_CATALOGUE = {
  'empty-body': entry(BAD_REQUEST, () => 'JSON Parse error: The document is empty'),
  'malformed-json': entry(BAD_REQUEST, (reason: string) => `JSON Parse error: ${reason}`),
  'body-not-an-object': entry(BAD_REQUEST, (value: unknown) => `JSON Value: ${excerpt(value)} Is not object`),
  'signature-name-not-a-string': entry(
    BAD_REQUEST,
    (value: unknown) =>
      `JSON Value: ${excerpt(value)} not formatted correctly. 'signature_name' key must be a string value.`,
  ),
  'signature-not-found': entry(
    BAD_REQUEST,
    (name: string) => `Serving signature name: "${name}" not found in signature def`,
  ),
  'no-inputs': entry(BAD_REQUEST, () => "Missing 'inputs' or 'instances' key"),
  'both-formats': entry(
    BAD_REQUEST,
    (value: unknown) =>
      `JSON Value: ${excerpt(value)} Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist `,
  ),
  'instances-not-a-list': entry(
    BAD_REQUEST,
    (value: unknown) => `JSON Value: ${excerpt(value)} Expecting 'instances' to be an list/array`,
  ),
  'instances-empty': entry(
    BAD_REQUEST,
    (value: unknown) => `JSON Value: ${excerpt(value)} No values in 'instances' array`,
  ),
  'bad-predict-request': entry(BAD_REQUEST, (text: string) => text),
  'wrong-inputs': entry(
    BAD_REQUEST,
    (got: readonly string[], want: readonly string[]) =>
      `inputs {${got.join(',')}} must be equal to: ${want.join(',')}`,
  ),
  'wrong-type': entry(
    BAD_REQUEST,
    (alias: string, value: unknown, dtype: string) =>
      `input ${alias}: JSON Value: ${excerpt(value)} Type: ${jsonType(value)} is not of expected type: ${dtype}`,
  ),
  'wrong-shape': entry(BAD_REQUEST, (alias: string, problem: string) => `input ${alias}: ${problem}`),
  'inference-failed': entry(BAD_REQUEST, (text: string) => text),
  'malformed-request': entry(BAD_REQUEST, (method: string, url: string) => `Malformed request: ${method} ${url}`),
  'unreadable-request': entry(BAD_REQUEST, (reason: string) => `Malformed request: ${reason}`),
  'unknown-upstream': entry(
    BAD_REQUEST,
    (value: string) => `X-Study-Upstream: ${value} is not known; send grpc or rest`,
  ),
  'route-not-found': entry(
    NOT_FOUND,
    (method: string, url: string) => `Nothing answers ${method} ${url}; see /v1/models/<name>`,
  ),
  'model-not-found': entry(NOT_FOUND, (model: string) => `Servable not found for request: Latest(${model})`),
  'version-not-found': entry(
    NOT_FOUND,
    (model: string, version: string) => `Servable not found for request: Specific(${model}, ${version})`,
  ),
  'no-status-of-model': entry(NOT_FOUND, (model: string) => `Could not find any versions of model ${model}`),
  'no-status-of-version': entry(
    NOT_FOUND,
    (model: string, version: string) => `Could not find version ${version} of model ${model}`,
  ),
  'body-too-large': entry(
    413,
    (limitBytes: number) => `The request body is over the limit of ${limitBytes} bytes (STUDY_BODY_LIMIT_BYTES)`,
  ),
  'deadline-exceeded': entry(
    httpStatusFromStatusName('DEADLINE_EXCEEDED'),
    (deadlineMs: number) => `The model server did not answer within ${deadlineMs} ms (STUDY_DEADLINE_MS)`,
  ),
  'client-gone': entry(
    httpStatusFromStatusName('CANCELLED'),
    () => 'The client closed the connection before the answer',
  ),
  'upstream-unreachable': entry(
    httpStatusFromStatusName('UNAVAILABLE'),
    (reason: string) => `The model server cannot be reached: ${reason}`,
  ),
  internal: entry(
    httpStatusFromStatusName('INTERNAL'),
    (incident: string) => `Internal error; the server's log has it as incident ${incident}`,
  ),
} as const;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

function entry<A extends readonly unknown[]>(
  httpStatus: number,
  message: (...details: A) => string,
): CatalogueEntry<A> {
  return { httpStatus, message };
}

interface CatalogueEntry<A extends readonly unknown[]> {
  readonly httpStatus: number;
  readonly message: (...details: A) => string;
}

/** At most 256 bytes of a value, as TensorFlow Serving cuts them: a megabyte of pixels helps nobody in an error text. */
function excerpt(value: unknown): string {
  return JSON.stringify(value).slice(0, 256);
}

function jsonType(value: unknown): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'Array';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return { string: 'String', number: 'Number' }[typeof value as string] ?? 'Object';
}
