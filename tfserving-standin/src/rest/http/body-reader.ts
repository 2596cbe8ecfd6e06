import { JoinedBytes } from '../../joined-bytes.js';
import type { RequestHead } from './request-head.js';

/** Takes bytes from the connection until the body is complete. */
export interface BodyReader {
  /** Consumes from the start of `bytes` and returns what it leaves; `done` and `malformed` tell how far it is. */
  read(bytes: Buffer): Buffer;
  readonly done: boolean;
  readonly malformed: boolean;
  /** How many bytes the body has at least, by what is known of it. */
  readonly announcedBytes: number;
  /** Once, when it is done. */
  body(): Buffer;
}

const EMPTY = Buffer.alloc(0);
/** The headers of other methods say nothing about a body; what follows them is the next request. */
const METHODS_WITH_BODY = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT']);

/** How the body of a request is framed; undefined when Content-Length is no length. Without it there is no body. */
export function bodyReader(head: RequestHead): BodyReader | undefined {
  if (!METHODS_WITH_BODY.has(head.method)) return new SizedBody(0);
  if (head.transferEncoding?.toLowerCase() === 'chunked') return new ChunkedBody();
  if (head.contentLength === undefined) return new SizedBody(0);
  if (!/^\s*\+?\d{1,15}$/.test(head.contentLength)) return undefined;
  return new SizedBody(Number(head.contentLength));
}

class SizedBody implements BodyReader {
  readonly malformed = false;
  readonly announcedBytes: number;
  readonly #pieces = new JoinedBytes();
  #missing: number;

  constructor(size: number) {
    this.announcedBytes = size;
    this.#missing = size;
  }

  get done(): boolean {
    return this.#missing === 0;
  }

  read(bytes: Buffer): Buffer {
    if (this.#missing === 0 || bytes.length === 0) return bytes;
    const piece = bytes.length > this.#missing ? bytes.subarray(0, this.#missing) : bytes;
    this.#pieces.push(piece);
    this.#missing -= piece.length;
    return piece.length === bytes.length ? EMPTY : bytes.subarray(piece.length);
  }

  body(): Buffer {
    return this.#pieces.take();
  }
}

/** A number as strtoll reads it; only a space may follow, so that an extension behind `;` is refused. */
const CHUNK_SIZE = /^\s*\+?(?:0x)?([0-9a-f]{1,12})(?: .*)?$/i;
/** No chunk's line and no trailer is longer; a longer one is refused rather than collected. */
const LONGEST_LINE = 64 * 1024;

class ChunkedBody implements BodyReader {
  done = false;
  malformed = false;
  readonly #pieces = new JoinedBytes();
  /** Bytes missing from the chunk; negative between chunks, and in the trailer behind the last one. */
  #missing = -1;
  #inTrailer = false;

  read(bytes: Buffer): Buffer {
    let rest = bytes;
    while (!this.done && !this.malformed) {
      if (this.#missing > 0) {
        if (rest.length === 0) break;
        const piece = rest.subarray(0, this.#missing);
        this.#pieces.push(piece);
        this.#missing -= piece.length;
        rest = rest.subarray(piece.length);
        continue;
      }
      const lineEnd = rest.indexOf(0x0a);
      if (lineEnd < 0) {
        this.malformed = rest.length > LONGEST_LINE;
        break;
      }
      this.#line(rest.toString('latin1', 0, lineEnd).replace(/\r$/, ''));
      rest = rest.subarray(lineEnd + 1);
    }
    return rest;
  }

  get announcedBytes(): number {
    return this.#pieces.length + Math.max(0, this.#missing);
  }

  body(): Buffer {
    return this.#pieces.take();
  }

  #line(line: string): void {
    if (this.#inTrailer) {
      this.done = line === '';
      this.malformed = !this.done && !/^[ \t]|:/.test(line);
      return;
    }
    // The line end behind a chunk's bytes.
    if (line === '') return;
    const size = CHUNK_SIZE.exec(line)?.[1];
    if (size === undefined) this.malformed = true;
    else this.#missing = Number.parseInt(size, 16);
    this.#inTrailer = this.#missing === 0;
  }
}
