import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnwritableError } from './unwritable.js';

/** Writes a file whole or not at all: beside it first, then renamed over it. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await writeFile(part, text);
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    throw new UnwritableError(path, cause);
  }
}
