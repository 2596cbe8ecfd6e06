/**
 * gRPC's canonical codes (their numbers equal tensorflow.error.Code) beside the HTTP status that TensorFlow Serving's
 * REST API answers with for each. The only such table of the project.
 */
export const STATUS_TABLE = [
  { code: 0, name: 'OK', httpStatus: 200 },
  { code: 1, name: 'CANCELLED', httpStatus: 499 },
  { code: 2, name: 'UNKNOWN', httpStatus: 500 },
  { code: 3, name: 'INVALID_ARGUMENT', httpStatus: 400 },
  { code: 4, name: 'DEADLINE_EXCEEDED', httpStatus: 504 },
  { code: 5, name: 'NOT_FOUND', httpStatus: 404 },
  { code: 6, name: 'ALREADY_EXISTS', httpStatus: 409 },
  { code: 7, name: 'PERMISSION_DENIED', httpStatus: 403 },
  { code: 8, name: 'RESOURCE_EXHAUSTED', httpStatus: 429 },
  { code: 9, name: 'FAILED_PRECONDITION', httpStatus: 400 },
  { code: 10, name: 'ABORTED', httpStatus: 409 },
  { code: 11, name: 'OUT_OF_RANGE', httpStatus: 400 },
  { code: 12, name: 'UNIMPLEMENTED', httpStatus: 501 },
  { code: 13, name: 'INTERNAL', httpStatus: 500 },
  { code: 14, name: 'UNAVAILABLE', httpStatus: 503 },
  { code: 15, name: 'DATA_LOSS', httpStatus: 500 },
  { code: 16, name: 'UNAUTHENTICATED', httpStatus: 401 },
] as const;

export type StatusName = (typeof STATUS_TABLE)[number]['name'];

/** Total: a number outside the table is answered with 500, as TensorFlow Serving does. */
export function httpStatusFromGrpcCode(code: number): number {
  return STATUS_TABLE[code]?.httpStatus ?? 500;
}

export function httpStatusFromStatusName(name: StatusName): number {
  return STATUS_TABLE.find((row) => row.name === name)?.httpStatus ?? 500;
}
