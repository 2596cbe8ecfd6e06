import { freemem } from 'node:os';
import { join } from 'node:path';
import { fileDigest, folderDigest } from '../models/index.js';
import { exportKeras } from './export-keras.js';
import { findOwnModel } from './find-model.js';
import { readModelFile, type ModelFile } from './read-model.js';
import { stageModel } from './stage-model.js';

/** A model on this disk as servers take it. */
export interface PlacedModel {
  readonly basePath: string;
  /** Holds saved_model.pb. */
  readonly folder: string;
  readonly version: number;
  readonly name: string;
  readonly file: ModelFile;
  /** Of the files as they were given, and of those that servers load: others, where a Keras file was exported. */
  readonly sha256: string;
  readonly servedSha256: string;
}

export interface PlaceOptions {
  /** The option of the command line, for messages, and what it says. */
  readonly option: string;
  readonly path: string;
  /** A folder that does not exist yet, for what has to be made. */
  readonly scratch: string;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Finds a model, exports it where it is a Keras file, and reads what its file says. @throws Error that names the option. */
export async function placeModel({ option, path, scratch, onProgress, signal }: PlaceOptions): Promise<PlacedModel> {
  const found = await findOwnModel(option, path);
  const { version, name } = found;
  const madePath = join(scratch, name);
  const madeFolder = join(madePath, String(version));
  if (found.kind === 'keras') {
    await exportKeras({
      file: found.file,
      into: madeFolder,
      onProgress: (text) => {
        onProgress(`${path}: ${text}`);
      },
      signal,
    });
    const file = await readFile(option, path, madeFolder);
    const [sha256, servedSha256] = [await fileDigest(found.file), await folderDigest(madeFolder)];
    return { basePath: madePath, folder: madeFolder, version, name, file, sha256, servedSha256 };
  }
  const { folder, basePath } = found;
  const file = await readFile(option, path, folder);
  const sha256 = await folderDigest(folder);
  const placed = { version, name, file, sha256, servedSha256: sha256 };
  if (basePath !== undefined) return { basePath, folder, ...placed };
  await stageModel(folder, madePath, version);
  return { basePath: madePath, folder: madeFolder, ...placed };
}

/** Every contestant of a comparison holds the model in memory at the same time, and so does whoever knows the answers. */
async function readFile(option: string, path: string, folder: string): Promise<ModelFile> {
  const file = await readModelFile(folder).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message.replace(folder, path) : String(cause);
    throw new Error(`${option} ${path}: ${why}`, { cause });
  });
  const free = Math.min(freemem(), process.constrainedMemory() || Infinity);
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (file.bytes > free)
    throw new Error(
      `${option} ${path}: the model has ${gib(file.bytes)} and ${gib(free)} of memory are free: no server could hold it here`,
    );
  return file;
}
