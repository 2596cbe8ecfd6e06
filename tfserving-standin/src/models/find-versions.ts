import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StatusError } from '../status-error.js';

/** Name of a version folder: any decimal number of 64 bits, with or without leading zeros. */
const VERSION_NAME = /^\+?\d+$/;
const MAX_VERSION = 2n ** 63n - 1n;

/**
 * The versions under a base path, by number. Everything with a numeric name counts, a plain file too; of two names with the
 * same number the last in alphabetical order wins. Throws StatusError NOT_FOUND when there is no such base path.
 */
export async function findVersions(model: string, basePath: string): Promise<ReadonlyMap<bigint, string>> {
  const names = await readdir(basePath).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? `NOT_FOUND: ${basePath} not found` : `FAILED_PRECONDITION: ${String(error)}`;
    throw new StatusError(
      'NOT_FOUND',
      `Could not find base path ${basePath} for servable ${model} with error ${reason}`,
    );
  });
  const versions = new Map<bigint, string>();
  for (const name of names.filter((each) => VERSION_NAME.test(each)).sort()) {
    const version = BigInt(name.replace('+', ''));
    if (version <= MAX_VERSION) versions.set(version, join(basePath, name));
  }
  return versions;
}
