import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A model base path of its own, into which versions are published whole: copied to a name that is no number, then renamed. */
export async function createModelStore(model: string, folder: (model: string, version: number) => string) {
  const parent = await mkdtemp(join(tmpdir(), 'serving-study-'));
  const basePath = join(parent, model);
  await mkdir(basePath);
  return {
    basePath,
    publish: async (version: number) => {
      const incoming = join(basePath, `incoming-${version}`);
      await cp(folder(model, version), incoming, { recursive: true });
      await rename(incoming, join(basePath, String(version)));
    },
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}
