import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CacheLayout } from '@serving-study/runtime';

/**
 * Gives `use` a fresh folder to work in, on the same file system as the results, and removes what is left of it on every
 * path. Results leave it by rename, so nothing half-written is ever visible under its final name.
 */
export async function withStaging<T>(
  layout: Pick<CacheLayout, 'staging'>,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  await mkdir(layout.staging, { recursive: true });
  const directory = await mkdtemp(join(layout.staging, 'x'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes what killed runs left. Only for the holder of the lock. */
export async function sweepStaging(layout: Pick<CacheLayout, 'staging'>): Promise<void> {
  await rm(layout.staging, { recursive: true, force: true });
}

/** Moves a finished folder or file out of its staging folder to its final name, replacing what is there. */
export async function moveIntoPlace(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const replaced = `${from}.replaced`;
  await rename(to, replaced).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
  await rename(from, to);
  await rm(replaced, { recursive: true, force: true });
}

/** Writes a JSON file so that readers see the old one or the new one, never half of it. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.part`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`);
  await rename(temporary, path);
}
