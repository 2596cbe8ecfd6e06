import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';

/** An entry of a layer: a text is a file, `-> path` a symbolic link. */
export type FakeEntry = string | Buffer | (Partial<Header> & { readonly data?: Buffer });

/** Stands for TensorFlow Serving's program. */
export const FAKE_PROGRAM = '#!/bin/sh\necho "TensorFlow ModelServer: 9.9.9"\necho "TensorFlow Library: 9.9.9"\n';

/** A gzipped layer with these entries by their names, in this order. For tests. */
export async function fakeLayer(entries: Readonly<Record<string, FakeEntry>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, entry] of Object.entries(entries)) {
    if (typeof entry === 'string' && entry.startsWith('-> '))
      archive.entry({ name, type: 'symlink', linkname: entry.slice(3) });
    else if (typeof entry === 'string' || Buffer.isBuffer(entry)) archive.entry({ name, mode: 0o755 }, entry);
    else {
      const { data, ...header } = entry;
      archive.entry({ name, ...header }, data ?? '');
    }
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

const LARGEST_ZSTD_BLOCK = 2 ** 17;

/** A zstd frame that holds these bytes as they are (RFC 8878, section 3.1.1). For tests. */
export function zstdFrame(bytes: Buffer): Buffer {
  const blocks = Array.from({ length: Math.max(1, Math.ceil(bytes.length / LARGEST_ZSTD_BLOCK)) }, (_, at) => {
    const block = bytes.subarray(at * LARGEST_ZSTD_BLOCK, (at + 1) * LARGEST_ZSTD_BLOCK);
    const isLast = (at + 1) * LARGEST_ZSTD_BLOCK >= bytes.length;
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | (isLast ? 1 : 0), 0, 3);
    return Buffer.concat([header, block]);
  });
  // No checksum and no size in the frame's header; a window of 2 MiB.
  return Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), ...blocks]);
}

/** A layer that is one header, of a file that would have `bytes` bytes. `typeflag` makes it another kind, as `S` for sparse. For tests. */
export async function headerOnly(name: string, bytes: number, typeflag = '0'): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name, size: bytes, mode: 0o755 });
  const header = Buffer.from((await archive[Symbol.asyncIterator]().next()).value as Buffer);
  archive.destroy();
  header.write(typeflag, 156, 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return gzipSync(header);
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
