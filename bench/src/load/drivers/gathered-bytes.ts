const NONE = Buffer.alloc(0);

/** Bytes that come in pieces, gathered in one block of memory: a thousand small pieces cost no more than their bytes. */
export class GatheredBytes {
  length = 0;
  #memory: Buffer;

  /** `expectedBytes`: what is reserved at once. */
  constructor(expectedBytes = 0) {
    this.#memory = expectedBytes === 0 ? NONE : Buffer.allocUnsafe(expectedBytes);
  }

  /** Valid until the next `append` or `clear`. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.length);
  }

  /** Copies the piece. */
  append(piece: Buffer): void {
    const length = this.length + piece.length;
    if (length > this.#memory.length) {
      const larger = Buffer.allocUnsafe(this.length === 0 ? length : 2 * length);
      this.#memory.copy(larger, 0, 0, this.length);
      this.#memory = larger;
    }
    piece.copy(this.#memory, this.length);
    this.length = length;
  }

  /** Empty again; its memory is kept and written over. */
  clear(): void {
    this.length = 0;
  }
}
