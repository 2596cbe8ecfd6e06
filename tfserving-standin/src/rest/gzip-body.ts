import { gunzip } from 'node:zlib';

/** The size that a gzip body says it has, which is believed; 0 when it says nothing. */
export function inflatedSize(body: Buffer): number {
  return body.length < SHORTEST_BYTES ? 0 : body.readUInt32LE(body.length - 4);
}

/** Head and trailer of an empty member. */
const SHORTEST_BYTES = 18;

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
  const size = inflatedSize(body);
  if (size === 0 || size > limitBytes) return empty;
  takeMemory(size);
  return new Promise((resolve) => {
    gunzip(body, { maxOutputLength: size }, (error, inflated) => {
      resolve(error === null && inflated.length === size ? inflated : empty);
    });
  });
}
