import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * One SHA-256 (hex) for all files below a folder, names included; empty folders do not count, as git does not keep them.
 * The shell's words for it: `cd folder; find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum`.
 */
export async function folderDigest(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `./${relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/')}`)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const whole = createHash('sha256');
  for (const file of files) whole.update(`${await fileDigest(join(folder, file))}  ${file}\n`);
  return whole.digest('hex');
}

/** SHA-256 (hex) of a file. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
