import { findModel, readManifest } from './read-manifest.js';

/** Newest version of a model of the zoo. */
export async function readManifestVersion(name: string): Promise<number> {
  return Math.max(...findModel(await readManifest(), name).versions.map(({ version }) => version));
}
