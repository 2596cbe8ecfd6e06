import { TensorFlowError, type ErrorCode } from '@serving-study/runtime';

/** An error that a client sees: a canonical code with the text that goes on the wire as it is. */
export class StatusError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'StatusError';
    this.code = code;
  }
}

/**
 * The status a client gets for anything thrown while answering: ours and TensorFlow's own errors keep their code and
 * text, everything else is a fault of this server and becomes INTERNAL.
 */
export function statusOf(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (error instanceof StatusError || error instanceof TensorFlowError)
    return { code: error.code, message: error.message };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
