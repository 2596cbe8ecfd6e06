const EMPTY = Buffer.alloc(0);
/** A piece keeps all the memory alive that it was received with; smaller ones than this are copied. */
const SMALL_BYTES = 4096;
const BLOCK_BYTES = 64 * 1024;

/** Bytes that come in pieces of any size, in little more memory than they are. A single piece is never copied. */
export class JoinedBytes {
  #pieces: Buffer[] = [];
  /** The last piece, while small ones are copied into it. */
  #block = EMPTY;
  #blockBytes = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length === piece.length) this.#pieces = [piece];
    else {
      const [first] = this.#pieces;
      if (this.#pieces.length === 1 && first !== undefined && this.#blockBytes === 0) {
        this.#pieces = [];
        this.#keep(first);
      }
      this.#keep(piece);
    }
  }

  /** At least the first `bytes` of them, when so many are there. */
  start(bytes: number): Buffer {
    const [first = EMPTY] = this.#pieces;
    if (this.#blockBytes === 0 && first.length >= bytes) return first;
    const all = this.take();
    this.push(all);
    return all;
  }

  /** All of them, which are gone then. */
  take(): Buffer {
    this.#endBlock();
    const [only = EMPTY] = this.#pieces;
    const all = this.#pieces.length <= 1 ? only : Buffer.concat(this.#pieces, this.#length);
    this.#pieces = [];
    this.#length = 0;
    return all;
  }

  #keep(piece: Buffer): void {
    if (piece.length >= SMALL_BYTES) {
      this.#endBlock();
      this.#pieces.push(piece);
      return;
    }
    if (this.#blockBytes + piece.length > this.#block.length) {
      this.#endBlock();
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    }
    this.#block.set(piece, this.#blockBytes);
    this.#blockBytes += piece.length;
  }

  /** What the block has no use for is given back. */
  #endBlock(): void {
    if (this.#blockBytes === 0) return;
    this.#pieces.push(Buffer.from(this.#block.subarray(0, this.#blockBytes)));
    this.#block = EMPTY;
    this.#blockBytes = 0;
  }
}
