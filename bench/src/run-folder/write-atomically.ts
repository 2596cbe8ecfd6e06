import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnwritableError } from './unwritable.js';

/** Writes a file whole or not at all: beside it first, then renamed over it. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await writeFile(part, text);
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined); // what says why is the first failure
    throw new UnwritableError(path, cause);
  }
}

/** Makes a folder, with those above it, where it is missing. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause: unknown) => {
    throw new UnwritableError(path, cause);
  });
}
