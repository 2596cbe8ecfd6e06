import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';

/** Where a user's model was found. */
export type FoundModel =
  | {
      readonly kind: 'saved-model';
      /** Holds saved_model.pb. */
      readonly folder: string;
      /** The folder of versions that `folder` is one of; absent for a SavedModel by itself. */
      readonly basePath?: string;
      readonly version: number;
      readonly name: string;
    }
  | { readonly kind: 'keras'; readonly file: string; readonly version: 1; readonly name: string };

const KERAS = ['.keras', '.h5', '.hdf5'];
const VERSION = /^[1-9]\d{0,15}$/;

/**
 * Finds the model at a path: a SavedModel, the newest version below a base path, or a Keras file. @throws Error that names the
 * option for anything else.
 */
export async function findOwnModel(option: string, path: string): Promise<FoundModel> {
  const full = resolve(path);
  const found = await stat(full).catch(() => undefined);
  if (found === undefined) throw new Error(`${option} ${path}: there is nothing of that name`);
  if (found.isFile()) {
    if (KERAS.includes(extname(full)))
      return { kind: 'keras', file: full, version: 1, name: nameFrom(basename(full, extname(full))) };
    const hint = basename(full) === 'saved_model.pb' ? `; name its folder: ${dirname(path)}` : '';
    throw new Error(`${option} ${path}: a file is a Keras model when it ends with ${KERAS.join(', ')}${hint}`);
  }
  if (isSavedModel(full)) {
    const parent = dirname(full);
    if (!VERSION.test(basename(full)))
      return { kind: 'saved-model', folder: full, version: 1, name: nameFrom(basename(full)) };
    return versionOf(parent, Number(basename(full)));
  }
  const versions = (await readdir(full)).filter((name) => VERSION.test(name)).map(Number);
  const newest = Math.max(...versions.filter((version) => isSavedModel(join(full, String(version)))));
  if (Number.isFinite(newest)) return versionOf(full, newest);
  throw new Error(
    `${option} ${path}: this folder is no SavedModel: it has no saved_model.pb, nor a folder named by a version number that has one`,
  );
}

function versionOf(basePath: string, version: number): FoundModel {
  const folder = join(basePath, String(version));
  return { kind: 'saved-model', folder, basePath, version, name: nameFrom(basename(basePath)) };
}

function isSavedModel(folder: string): boolean {
  return existsSync(join(folder, 'saved_model.pb'));
}

/** A name that every server takes in its addresses. */
function nameFrom(text: string): string {
  const name = text.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[-.]+|[-.]+$/g, '');
  return name === '' ? 'model' : name;
}
