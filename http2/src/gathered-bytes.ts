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
    const at = this.reserve(piece.length);
    this.#memory.set(piece, at);
  }

  /** Counts so many bytes more and returns where in `memory` they are to be written. */
  reserve(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    if (this.length > this.#memory.length) {
      const larger = Buffer.allocUnsafe(at === 0 ? this.length : 2 * this.length);
      larger.set(this.#memory.subarray(0, at));
      this.#memory = larger;
    }
    return at;
  }

  /** Another one after each `reserve`. */
  get memory(): Buffer {
    return this.#memory;
  }

  /** Empty again; its memory is kept and written over. */
  clear(): void {
    this.length = 0;
  }
}
