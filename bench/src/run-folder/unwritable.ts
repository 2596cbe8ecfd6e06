/** A file of the run that could not be written: its path, and what to do where the disk is full. */
export class UnwritableError extends Error {
  constructor(path: string, cause: unknown) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    const said = cause instanceof Error ? cause.message : String(cause);
    super(
      `${path} cannot be written: ${isFull ? 'the disk is full: make room, or name another folder with --out' : said}`,
      { cause },
    );
  }
}
