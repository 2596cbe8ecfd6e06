import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Base paths of models in a folder of their own. */
export interface ModelStore extends AsyncDisposable {
  /** The base path of a model. */
  path(model: string): string;
  /** A file outside of all models. */
  write(name: string, text: string): Promise<string>;
  /** Puts a version in place at once, as a careful deployment does: never half of it can be seen. */
  publish(model: string, version: number, savedModel: Buffer): Promise<void>;
  withdraw(model: string, version: number): Promise<void>;
}

export async function modelStore(): Promise<ModelStore> {
  const root = await mkdtemp(join(tmpdir(), 'standin-store-'));
  const path = (model: string): string => join(root, model);
  return {
    path,
    write: async (name, text) => {
      await writeFile(join(root, name), text);
      return join(root, name);
    },
    publish: async (model, version, savedModel) => {
      const hidden = join(path(model), `copying-${version}`);
      await mkdir(hidden, { recursive: true });
      await writeFile(join(hidden, 'saved_model.pb'), savedModel);
      await rename(hidden, join(path(model), String(version)));
    },
    withdraw: (model, version) => rm(join(path(model), String(version)), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}
