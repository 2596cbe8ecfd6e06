import { constants } from 'node:os';

/** The number of a system error by its name, e.g. 111 of ECONNREFUSED on Linux; 0 for an error that has none. */
export function errnoOf(error: NodeJS.ErrnoException): number {
  const errno = constants.errno[error.code as keyof typeof constants.errno] as number | undefined;
  return errno ?? 0;
}
