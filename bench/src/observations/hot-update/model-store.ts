import { cp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../process/index.js';

/** A model base path of its own, into which versions are published whole: copied to a name that is no number, then renamed. */
export async function createModelStore(model: string, folder: (model: string, version: number) => string) {
  const parent = await temporaryFolder('serving-study-');
  const basePath = join(parent.path, model);
  await mkdir(basePath);
  return {
    ...parent,
    basePath,
    publish: async (version: number) => {
      const incoming = join(basePath, `incoming-${version}`);
      await cp(folder(model, version), incoming, { recursive: true });
      await rename(incoming, join(basePath, String(version)));
    },
  };
}
