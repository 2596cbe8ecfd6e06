import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.js';

type Details<C extends ErrorCode> = Parameters<(typeof ERROR_CATALOGUE)[C]['message']>;

/** An answer other than success that the caller is meant to read: its text goes into the body as it is. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: ErrorCode;
  readonly httpStatus: number;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.httpStatus = ERROR_CATALOGUE[code].httpStatus;
  }
}

/** Builds the error of the catalogue: `serviceError('model-not-found', 'cnn')`. */
export function serviceError<C extends ErrorCode>(code: C, ...details: Details<C>): ServiceError {
  // the catalogue ties the code to its details; TypeScript cannot carry that tie through the lookup
  const message = ERROR_CATALOGUE[code].message as (...values: Details<C>) => string;
  return new ServiceError(code, message(...details));
}
