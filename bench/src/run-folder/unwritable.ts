import { messageOf } from '../words/message-of.js';

/** What to do about a file that the system does not take, by what it says. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room',
  EDQUOT: 'the disk quota is used up: make room',
  EFBIG: 'no file may be so large here: raise the limit (ulimit -f)',
  EROFS: 'its file system is read-only: make it writable',
  EACCES: 'this user may not write there: change that',
  EPERM: 'this user may not write there: change that',
};

/** A file of the run that could not be written: its path, and what to do where that is known. */
export class UnwritableError extends Error {
  /** `elsewhere`: how to have it written to another place, where it can be. */
  constructor(path: string, cause: unknown, elsewhere = '') {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const said = messageOf(cause);
    super(`${path} cannot be written: ${REMEDIES[code] ?? said}${elsewhere}`, { cause });
  }
}
