/**
 * gRPC's canonical codes (their numbers equal tensorflow.error.Code) beside the HTTP status that TensorFlow Serving's
 * REST API answers with for each. The only such table of the project. `meantBy` marks the code that an HTTP status is read
 * back as, where several codes share one status.
 */
export const STATUS_TABLE = [
  { code: 0, name: 'OK', httpStatus: 200, meantBy: true },
  { code: 1, name: 'CANCELLED', httpStatus: 499, meantBy: true },
  { code: 2, name: 'UNKNOWN', httpStatus: 500, meantBy: false },
  { code: 3, name: 'INVALID_ARGUMENT', httpStatus: 400, meantBy: true },
  { code: 4, name: 'DEADLINE_EXCEEDED', httpStatus: 504, meantBy: true },
  { code: 5, name: 'NOT_FOUND', httpStatus: 404, meantBy: true },
  { code: 6, name: 'ALREADY_EXISTS', httpStatus: 409, meantBy: false },
  { code: 7, name: 'PERMISSION_DENIED', httpStatus: 403, meantBy: true },
  { code: 8, name: 'RESOURCE_EXHAUSTED', httpStatus: 429, meantBy: true },
  { code: 9, name: 'FAILED_PRECONDITION', httpStatus: 400, meantBy: false },
  { code: 10, name: 'ABORTED', httpStatus: 409, meantBy: true },
  { code: 11, name: 'OUT_OF_RANGE', httpStatus: 400, meantBy: false },
  { code: 12, name: 'UNIMPLEMENTED', httpStatus: 501, meantBy: true },
  { code: 13, name: 'INTERNAL', httpStatus: 500, meantBy: true },
  { code: 14, name: 'UNAVAILABLE', httpStatus: 503, meantBy: true },
  { code: 15, name: 'DATA_LOSS', httpStatus: 500, meantBy: false },
  { code: 16, name: 'UNAUTHENTICATED', httpStatus: 401, meantBy: true },
] as const;

export type StatusName = (typeof STATUS_TABLE)[number]['name'];

/** Total: a number outside the table is answered with 500, as TensorFlow Serving does. */
export function httpStatusFromGrpcCode(code: number): number {
  return STATUS_TABLE[code]?.httpStatus ?? 500;
}

export function httpStatusFromStatusName(name: StatusName): number {
  return STATUS_TABLE.find((row) => row.name === name)?.httpStatus ?? 500;
}

/** Total: an HTTP status that TensorFlow Serving never sends reads as UNKNOWN. */
export function statusNameFromHttpStatus(httpStatus: number): StatusName {
  return STATUS_TABLE.find((row) => row.meantBy && row.httpStatus === httpStatus)?.name ?? 'UNKNOWN';
}
