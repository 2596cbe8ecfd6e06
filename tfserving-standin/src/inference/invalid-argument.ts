import { StatusError } from '../status-error.js';

/** The commonest error of all: what the request says cannot be done. */
export function invalidArgument(message: string): StatusError {
  return new StatusError('INVALID_ARGUMENT', message);
}
