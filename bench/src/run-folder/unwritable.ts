/** What to do about a file that the system does not take, by what it says. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room, or name another folder with --out',
  EDQUOT: 'the disk quota is used up: make room, or name another folder with --out',
  EFBIG: 'no file may be so large here: raise the limit (ulimit -f)',
  EROFS: 'its file system is read-only: make it writable, or name another folder with --out',
  EACCES: 'this user may not write there: change that, or name another folder with --out',
  EPERM: 'this user may not write there: change that, or name another folder with --out',
};

/** A file of the run that could not be written: its path, and what to do where that is known. */
export class UnwritableError extends Error {
  constructor(path: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const said = cause instanceof Error ? cause.message : String(cause);
    super(`${path} cannot be written: ${REMEDIES[code] ?? said}`, { cause });
  }
}
