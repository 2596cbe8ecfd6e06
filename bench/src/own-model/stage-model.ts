import { constants } from 'node:fs';
import { copyFile, link, mkdir, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/**
 * Makes a base path with one version of a SavedModel that lies by itself: by links to its files, or copies where they lie on
 * another disk.
 */
export async function stageModel(folder: string, basePath: string, version: number): Promise<void> {
  const target = join(basePath, String(version));
  await mkdir(target, { recursive: true });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name);
    const to = join(target, relative(folder, from));
    if (entry.isDirectory()) await mkdir(to, { recursive: true });
    else {
      await mkdir(dirname(to), { recursive: true });
      await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE));
    }
  }
}
