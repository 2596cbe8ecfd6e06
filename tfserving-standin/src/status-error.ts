import type { ErrorCode } from '@serving-study/runtime';

/** An error that a client sees: a canonical code with the text that goes on the wire as it is. */
export class StatusError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
  }
}
