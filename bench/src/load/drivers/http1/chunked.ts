/** A chunked body (RFC 9112, 7.1) that has not come whole yet. */
export interface ChunkedProgress {
  readonly pieces: readonly Buffer[];
  readonly undecoded: Buffer;
}

const LONGEST_SIZE_LINE = 1024;

/** Decodes as far as the bytes go. @throws Error for bytes that are no chunks. */
export function readChunked(
  progress: ChunkedProgress,
  bytes: Buffer,
): (ChunkedProgress & { readonly kind: 'more' }) | { readonly kind: 'whole'; readonly body: Buffer } {
  const pieces = [...progress.pieces];
  let rest = Buffer.concat([progress.undecoded, bytes]);
  for (;;) {
    const lineEnd = rest.indexOf('\r\n');
    if (lineEnd === -1) {
      if (rest.length > LONGEST_SIZE_LINE) throw new Error('a chunk of the response has no size');
      return { kind: 'more', pieces, undecoded: rest };
    }
    const size = chunkSize(rest.toString('latin1', 0, lineEnd));
    if (size === 0) {
      // Trailers, each a line, then an empty one; without any, the empty line follows at once.
      const ended = rest.indexOf('\r\n\r\n', lineEnd) !== -1;
      return ended ? { kind: 'whole', body: Buffer.concat(pieces) } : { kind: 'more', pieces, undecoded: rest };
    }
    const from = lineEnd + 2;
    if (rest.length < from + size + 2) return { kind: 'more', pieces, undecoded: rest };
    if (rest.toString('latin1', from + size, from + size + 2) !== '\r\n')
      throw new Error('a chunk of the response has another size than it says');
    pieces.push(rest.subarray(from, from + size));
    rest = rest.subarray(from + size + 2);
  }
}

function chunkSize(line: string): number {
  const [hex = ''] = line.split(';');
  if (!/^[0-9a-f]{1,8}$/i.test(hex.trim()))
    throw new Error(`a chunk of the response has the size ${JSON.stringify(hex.slice(0, 20))}`);
  return Number.parseInt(hex, 16);
}
