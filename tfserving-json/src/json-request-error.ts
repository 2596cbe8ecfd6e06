import { textOf } from './byte-text.js';

type JsonErrorCode = 'INVALID_ARGUMENT' | 'UNIMPLEMENTED' | 'RESOURCE_EXHAUSTED';

/**
 * What is wrong with a request, or with tensors that cannot be written as JSON, in TensorFlow Serving's words. The words
 * may quote bytes of the request that are not UTF-8; errorResponseBody writes them as they came.
 */
export class JsonRequestError extends Error {
  override readonly name = 'JsonRequestError';
  readonly code: JsonErrorCode;
  /** As TensorFlow prints a status inside another message, `INVALID_ARGUMENT: text`, as a byte string. */
  readonly statusBytes: string;

  /** `message` is a byte string. */
  constructor(code: JsonErrorCode, message: string) {
    super(textOf(message));
    this.code = code;
    this.statusBytes = `${code}: ${message}`;
  }
}

export function invalid(message: string): JsonRequestError {
  return new JsonRequestError('INVALID_ARGUMENT', message);
}
