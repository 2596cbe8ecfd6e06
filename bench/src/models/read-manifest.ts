import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { manifestSchema, type Manifest, type ManifestModel } from './manifest.js';
import { PROJECT_ROOT } from './project-root.js';

/** Reads models/manifest.json. Throws, naming the file and every wrong field, when it does not fit the schema. */
export async function readManifest(root: string = PROJECT_ROOT): Promise<Manifest> {
  const file = join(root, 'models', 'manifest.json');
  const parsed = manifestSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is not a manifest of this format:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The entry called `name`. Throws, naming those there are, when there is none. */
export function findModel(manifest: Manifest, name: string): ManifestModel {
  const model = manifest.models.find((each) => each.name === name);
  if (model === undefined)
    throw new Error(`no model is called ${name}; there are: ${manifest.models.map((each) => each.name).join(', ')}`);
  return model;
}

/** Folder of the numeric version folders: what a server takes as its model base path. */
export function modelBasePath(model: ManifestModel, root: string = PROJECT_ROOT): string {
  return join(root, model.path);
}

/** Folder of one version's SavedModel. Throws when the manifest has no such version; whether it is built, `ensureModel` says. */
export function modelPath(model: ManifestModel, version: number, root: string = PROJECT_ROOT): string {
  return join(modelBasePath(model, root), String(versionOf(model, version).version));
}

/** What the manifest says of one version. Throws, naming those there are, when it has no such version. */
export function versionOf({ name, versions }: ManifestModel, version: number): ManifestModel['versions'][number] {
  const found = versions.find((each) => each.version === version);
  if (found === undefined)
    throw new Error(`${name} has no version ${version}; there are: ${versions.map((each) => each.version).join(', ')}`);
  return found;
}
