import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { requireRoom } from './disk-room.js';
import type { ByteProgress } from './step-progress.js';

/** The two shared libraries, and what `tensorflow/c/c_api.h` and `tensorflow/c/eager/c_api.h` include (of 287 MB of headers, 1). */
const WANTED: readonly { readonly pattern: RegExp; readonly to: string }[] = [
  { pattern: /^tensorflow\/(libtensorflow_(?:cc|framework)\.so\.2)$/, to: 'lib' },
  { pattern: /^tensorflow\/include\/(tensorflow\/c\/[^/]+\.h|tensorflow\/c\/eager\/[^/]+\.h)$/, to: 'include' },
  {
    pattern:
      /^tensorflow\/include\/((?:tensorflow\/core|tsl)\/platform\/ctstring(?:_internal)?\.h|xla\/tsl\/c\/[^/]+\.h)$/,
    to: 'include',
  },
];
const LIBRARIES = 2;

/** Room left for everything else that a set-up writes. */
const SPARE_BYTES = 50e6;

/**
 * Unpacks TensorFlow's libraries and C headers from a wheel into `<directory>/{lib,include}`; each file's CRC is checked.
 * Throws before it writes when the disk has no room, and when the wheel is damaged or holds no TensorFlow.
 */
export async function unpackWheel(
  wheel: string,
  directory: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: ByteProgress } = {},
): Promise<void> {
  const zip = await openPromise(wheel, { autoClose: false }).catch((cause: unknown) => {
    throw new Error(`${wheel} is not a readable wheel: ${String(cause)}`, { cause });
  });
  try {
    const files = await wantedEntries(zip, directory);
    if (files.filter(({ path }) => path.includes('.so.')).length !== LIBRARIES)
      throw new Error(
        `${wheel} holds no TensorFlow: libtensorflow_cc.so.2 or libtensorflow_framework.so.2 is not in it`,
      );
    const total = files.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
    await mkdir(directory, { recursive: true });
    await requireRoom(directory, total + SPARE_BYTES, 'unpacking TensorFlow');
    let done = 0;
    for (const { entry, path } of files) {
      await unpackEntry(zip, entry, path, options.signal, (bytes) => {
        done += bytes;
        options.onProgress?.(done, total);
      }).catch((cause: unknown) => {
        options.signal?.throwIfAborted();
        throw new Error(`${entry.fileName} cannot be unpacked from ${wheel}: ${String(cause)}`, { cause });
      });
    }
  } finally {
    zip.close();
  }
}

async function wantedEntries(zip: ZipFile, directory: string): Promise<{ entry: Entry; path: string }[]> {
  const files: { entry: Entry; path: string }[] = [];
  for await (const entry of zip.eachEntry()) {
    for (const { pattern, to } of WANTED) {
      const name = pattern.exec(entry.fileName)?.[1];
      if (name !== undefined) files.push({ entry, path: join(directory, to, name) });
    }
  }
  return files;
}

async function unpackEntry(
  zip: ZipFile,
  entry: Entry,
  path: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  let crc = 0;
  await pipeline(
    await zip.openReadStreamPromise(entry),
    async function* check(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        crc = crc32(chunk, crc);
        onBytes(chunk.length);
        yield chunk;
      }
    },
    createWriteStream(path),
    { signal },
  );
  if (crc !== entry.crc32) throw new Error(`it is damaged, its CRC is ${crc} and should be ${entry.crc32}`);
}
