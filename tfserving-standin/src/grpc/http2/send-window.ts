import { MAX_UINT31 } from './protocol.js';

/** How many bytes of DATA may be sent (RFC 9113, 6.9). A change of the settings can make it negative. */
export class SendWindow {
  #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** False when the window would become larger than HTTP/2 allows. */
  widen(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= MAX_UINT31;
  }
}
