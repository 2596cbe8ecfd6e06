import { gunzip } from 'node:zlib';

/**
 * The body of a request whose Content-Encoding names gzip. Broken ones and those of more than `limitBytes` count as empty,
 * like those of several members, because the real server believes the size in the trailer. `takeMemory` is called with that
 * size before anything is inflated; rejects with what it throws.
 */
export async function inflatedBody(
  body: Buffer,
  limitBytes: number,
  takeMemory: (bytes: number) => void,
): Promise<Buffer> {
  const empty = Buffer.alloc(0);
  if (body.length < 18) return empty;
  const size = body.readUInt32LE(body.length - 4);
  if (size === 0 || size > limitBytes) return empty;
  takeMemory(size);
  return new Promise((resolve) => {
    gunzip(body, { maxOutputLength: size }, (error, inflated) => {
      resolve(error === null && inflated.length === size ? inflated : empty);
    });
  });
}
