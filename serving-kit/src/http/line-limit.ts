/** Lines a second: what happens to every request must not fill a disk. */
const MOST_PER_SECOND = 10;

/** Says which lines of a log to write. */
export class LineLimit {
  #second = 0;
  #written = 0;
  #leftOut = 0;

  /** How many lines were left out before this one; undefined when this one is to be left out, too. */
  admit(nowMs: number): number | undefined {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#written = 0;
    }
    if (this.#written === MOST_PER_SECOND) {
      this.#leftOut += 1;
      return undefined;
    }
    this.#written += 1;
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }
}
