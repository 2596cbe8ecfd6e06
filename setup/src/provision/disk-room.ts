import { statfs } from 'node:fs/promises';

/** Throws when the file system of `directory` has not `neededBytes` free for `what`. */
export async function requireRoom(directory: string, neededBytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const freeBytes = bavail * bsize;
  const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
  if (freeBytes < neededBytes)
    throw new Error(`${what} needs ${megabytes(neededBytes)} MB in ${directory}, ${megabytes(freeBytes)} MB are free`);
}
