import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Response } from 'undici';
import { sha256OfFile } from '../provision/sha256.js';
import type { Layer } from './image-manifest.js';
import { reasonOf, type RegistryClient } from './registry-client.js';

/** Answers in a row that brought nothing new, after which a download has failed. */
const FRUITLESS_ANSWERS = 3;

/**
 * Makes `path` the layer, byte for byte as its digest says; what is there already is checked, not fetched again. A download
 * that is cut goes on where it ended, in a later run too. Throws with one sentence when the layer cannot be had or is not what
 * its digest says.
 * @param onBytes called with the bytes of the layer that are here so far
 */
export async function fetchBlob(
  registry: RegistryClient,
  layer: Layer,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const there = await sha256OfFile(path).catch(() => undefined);
  if (there !== undefined && `sha256:${there}` === layer.digest) {
    onBytes(layer.size);
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  const partPath = `${path}.part`;
  const part = await PartialFile.open(partPath);
  try {
    if (part.bytes > layer.size) await part.restart();
    for (let fruitless = 0; part.bytes < layer.size;) {
      const before = part.bytes;
      const response = await registry.get(`blobs/${layer.digest}`, before > 0 ? { range: `bytes=${before}-` } : {});
      const cut = await take(response, part, layer, onBytes);
      fruitless = part.bytes > before ? 0 : fruitless + 1;
      if (fruitless >= FRUITLESS_ANSWERS)
        throw new Error(
          `the layer ${layer.digest} ends after ${part.bytes} of ${layer.size} bytes each time (${cut ?? 'no reason given'})`,
        );
    }
  } finally {
    await part.close();
  }
  const found = part.digest();
  if (found !== layer.digest) {
    await rm(partPath);
    throw new Error(`the registry sent the layer ${found} where ${layer.digest} was asked for: damaged or false`);
  }
  await rename(partPath, path);
}

/** Appends an answer's body. Returns why it was cut; undefined when it ended by itself. */
async function take(
  response: Response,
  part: PartialFile,
  layer: Layer,
  onBytes: (bytes: number) => void,
): Promise<string | undefined> {
  const goesOn = response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${part.bytes}-`);
  if (goesOn !== true) await part.restart();
  if (response.body === null || response.status === 416) {
    await response.body?.cancel();
    return `status ${response.status}`;
  }
  const body = response.body.getReader();
  for (;;) {
    const read = await body.read().catch((error: unknown) => reasonOf(error));
    if (typeof read === 'string') return read;
    if (read.done) return undefined;
    const chunk = read.value as Uint8Array;
    if (part.bytes + chunk.length > layer.size) {
      await body.cancel();
      throw new Error(`the registry sends more than the ${layer.size} bytes of the layer ${layer.digest}`);
    }
    await part.append(chunk);
    onBytes(part.bytes);
  }
}

/** The start of a file and its hash, which grow together. */
class PartialFile {
  readonly #file: FileHandle;
  #hash: Hash;
  #bytes: number;

  private constructor(file: FileHandle, hash: Hash, bytes: number) {
    this.#file = file;
    this.#hash = hash;
    this.#bytes = bytes;
  }

  static async open(path: string): Promise<PartialFile> {
    const bytes = (await stat(path).catch(() => undefined))?.size ?? 0;
    const hash = createHash('sha256');
    if (bytes > 0) for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return new PartialFile(await open(path, 'a'), hash, bytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  async restart(): Promise<void> {
    if (this.#bytes > 0) await this.#file.truncate();
    this.#hash = createHash('sha256');
    this.#bytes = 0;
  }

  async append(chunk: Uint8Array): Promise<void> {
    // The whole chunk or an error: a plain write on a disk that is nearly full writes less without one.
    await this.#file.appendFile(chunk);
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  /** `sha256:…` of all that was appended. */
  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
