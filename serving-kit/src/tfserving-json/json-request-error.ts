import { textOf } from './byte-text.js';

/**
 * What is wrong with a request, or with tensors that cannot be written as JSON, in TensorFlow Serving's words. The words
 * may quote bytes of the request that are not UTF-8: `messageBytes` has them as they go on the wire.
 */
export class JsonRequestError extends Error {
  override readonly name = 'JsonRequestError';
  readonly code: 'INVALID_ARGUMENT' | 'UNIMPLEMENTED';
  readonly #byteString: string;

  /** `message` is a byte string. */
  constructor(code: 'INVALID_ARGUMENT' | 'UNIMPLEMENTED', message: string) {
    super(textOf(message));
    this.code = code;
    this.#byteString = message;
  }

  get messageBytes(): Uint8Array {
    return Buffer.from(this.#byteString, 'latin1');
  }

  /** As TensorFlow prints a status inside another message: `INVALID_ARGUMENT: text`. */
  get statusByteString(): string {
    return `${this.code}: ${this.#byteString}`;
  }
}

export function invalid(message: string): JsonRequestError {
  return new JsonRequestError('INVALID_ARGUMENT', message);
}
