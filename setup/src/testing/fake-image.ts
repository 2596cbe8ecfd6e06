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
