import { GatheredBytes } from '@serving-study/http2';

const LONGEST_LINE = 8 * 1024;
const [CR, LF] = [0x0d, 0x0a];

/** Decodes one chunked body (RFC 9112, 7.1) from bytes that come in any pieces. */
export class ChunkedBody {
  readonly body = new GatheredBytes();
  #state: 'size' | 'data' | 'data-end' | 'trailers' | 'whole' = 'size';
  #line = '';
  /** Bytes that the current chunk still has. */
  #left = 0;

  /** True when the body is whole; it is in `body`. @throws Error for bytes that are no chunks, or that come behind them. */
  push(bytes: Buffer): boolean {
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'whole') throw new Error('bytes follow the last chunk of the response');
      if (this.#state === 'data') {
        const piece = bytes.subarray(at, at + this.#left);
        this.body.append(piece);
        at += piece.length;
        this.#left -= piece.length;
        if (this.#left === 0) this.#state = 'data-end';
      } else {
        const lineEnd = bytes.indexOf(LF, at);
        this.#line += bytes.toString('latin1', at, lineEnd === -1 ? bytes.length : lineEnd);
        if (this.#line.length > LONGEST_LINE) throw new Error('a chunk of the response has no size');
        if (lineEnd === -1) break;
        at = lineEnd + 1;
        this.#endLine();
      }
    }
    return this.#state === 'whole';
  }

  #endLine(): void {
    const line = this.#line.charCodeAt(this.#line.length - 1) === CR ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    if (this.#state === 'size') {
      this.#left = chunkSize(line);
      this.#state = this.#left === 0 ? 'trailers' : 'data';
    } else if (this.#state === 'data-end') {
      if (line !== '') throw new Error('a chunk of the response has another size than it says');
      this.#state = 'size';
    } else if (line === '') {
      this.#state = 'whole';
    }
  }
}

function chunkSize(line: string): number {
  const [hex = ''] = line.split(';');
  if (!/^[0-9a-f]{1,8}$/i.test(hex.trim()))
    throw new Error(`a chunk of the response has the size ${JSON.stringify(hex.slice(0, 20))}`);
  return Number.parseInt(hex, 16);
}
