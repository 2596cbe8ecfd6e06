import { gunzip } from 'node:zlib';

/** Inflated bytes beyond which a body counts as broken. */
const LARGEST_INFLATED = 104_857_600;

/**
 * The body of a request whose Content-Encoding names gzip. Broken and oversized ones count as empty, like those of
 * several members, because the real server believes the size in the trailer.
 */
export async function inflatedBody(body: Buffer): Promise<Buffer> {
  const empty = Buffer.alloc(0);
  if (body.length < 18) return empty;
  const size = body.readUInt32LE(body.length - 4);
  if (size === 0 || size > LARGEST_INFLATED) return empty;
  return new Promise((resolve) => {
    gunzip(body, { maxOutputLength: size }, (error, inflated) => {
      resolve(error === null && inflated.length === size ? inflated : empty);
    });
  });
}
