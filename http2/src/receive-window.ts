/** How many bytes of DATA the peer may send, and when to let it send more (RFC 9113, 6.9). */
export class ReceiveWindow {
  readonly #size: number;
  #left: number;
  #consumed = 0;

  constructor(size: number) {
    this.#size = size;
    this.#left = size;
  }

  /** False when the peer has sent more than it may. */
  receive(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  /** What was received has been used: answers by how much the peer's window is to be widened, which is 0 most of the time. */
  consume(bytes: number): number {
    this.#consumed += bytes;
    if (this.#consumed * 2 < this.#size) return 0;
    const grant = this.#consumed;
    this.#left += grant;
    this.#consumed = 0;
    return grant;
  }
}
