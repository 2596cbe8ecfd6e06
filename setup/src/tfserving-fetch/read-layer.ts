import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Transform, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { extract, type Extract, type Header } from 'tar-stream';
import type { ImageTree } from './image-tree.js';

/** TensorFlow Serving's program has under 1 GB. */
const LARGEST_FILE_BYTES = 4e9;
/** Of one layer, unpacked. */
const LARGEST_LAYER_BYTES = 16e9;
/** The official images have some 20 000. */
const MOST_ENTRIES = 100_000;
const EXECUTABLE = 0o111;
const REGULAR: readonly string[] = ['file', 'contiguous-file'];

export interface LayerFile {
  readonly path: string;
  readonly digest: string;
}

/**
 * Puts a layer into the tree. The contents of programs and shared libraries go to `folder`, each file under a number. Throws
 * with one sentence about what no layer of an image should hold: paths that leave it, devices outside /dev, files without end.
 */
export async function readLayer(layer: LayerFile, tree: ImageTree, folder: string, signal: AbortSignal): Promise<void> {
  tree.nextLayer();
  try {
    const unpacked = await decompressor(layer.path);
    const archive = extract();
    const reading = readEntries(archive, tree, folder).catch((error: unknown) => {
      archive.destroy();
      return error;
    });
    const feeding = pipeline(createReadStream(layer.path), unpacked, limit(), archive, { signal });
    const [fed] = await Promise.allSettled([feeding]);
    // Either end brings the other down: what the reading end says comes first, it has the file's name.
    const refusal = await reading;
    if (refusal !== undefined) throw refusal as Error;
    if (fed.status === 'rejected') throw fed.reason as Error;
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the layer ${layer.digest} cannot be unpacked: ${why}`, { cause });
  }
}

async function readEntries(archive: Extract, tree: ImageTree, folder: string): Promise<void> {
  let entries = 0;
  for await (const entry of archive) {
    if (++entries > MOST_ENTRIES) throw new Error(`it holds over ${MOST_ENTRIES} files`);
    await putEntry(entry.header, entry as AsyncIterable<Uint8Array>, tree, folder);
    entry.resume();
  }
}

async function putEntry(
  header: Header,
  data: AsyncIterable<Uint8Array>,
  tree: ImageTree,
  folder: string,
): Promise<void> {
  const { name, type, linkname, size, mode } = header;
  if (type === 'directory') tree.put(name, { kind: 'folder' });
  else if (type === 'symlink') tree.put(name, { kind: 'link', to: linkname });
  else if (type === 'link') tree.putHardLink(name, linkname);
  else if (type === 'character-device' || type === 'block-device') {
    if (!/^[./]*dev\//.test(name)) throw new Error(`it holds the device ${name}`);
    tree.put(name, { kind: 'device' });
  } else if (type === 'fifo') tree.put(name, { kind: 'device' });
  else if (!REGULAR.includes(type) || isSparse(header))
    throw new Error(`it holds ${name} as a sparse file or as another kind of entry that images do not have`);
  else if (size > LARGEST_FILE_BYTES)
    throw new Error(`it holds ${name} with ${(size / 1e9).toFixed(1)} GB, ${LARGEST_FILE_BYTES / 1e9} are allowed`);
  else {
    const wanted = size > 0 && ((mode & EXECUTABLE) !== 0 || /\.so(\.|$)/.test(name));
    tree.put(name, { kind: 'file', contents: wanted ? await store(data, folder) : undefined });
  }
}

/** GNU tar's sparse files in pax archives; those of its own format have a type that is not known here. */
function isSparse({ pax }: Header): boolean {
  return Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
}

let stored = 0;

async function store(data: AsyncIterable<Uint8Array>, folder: string): Promise<string> {
  const path = join(folder, String(++stored));
  await using file = await open(path, 'wx', 0o755);
  for await (const chunk of data) await file.appendFile(chunk); // whole chunks, or an error
  return path;
}

/** By the first bytes: the media types of layers are many. */
async function decompressor(path: string): Promise<Duplex> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
  if (buffer.readUInt16BE() === 0x1f8b) return zlib.createGunzip();
  if (buffer.readUInt32BE() === 0x28b52ffd) {
    // Node has it from 22.15 and 23.8 on.
    const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => Duplex };
    if (createZstdDecompress !== undefined) return createZstdDecompress();
    throw new Error('it is compressed with zstd, which Node reads from version 22.15 on');
  }
  return new PassThrough();
}

function limit(): Transform {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      if (bytes > LARGEST_LAYER_BYTES) done(new Error(`it unpacks to over ${LARGEST_LAYER_BYTES / 1e9} GB`));
      else done(null, chunk);
    },
  });
}
