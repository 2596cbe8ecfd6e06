/**
 * Lets at most `limit` callers in at a time, the others in the order they came. Two things need it: koffi refuses more than
 * 256 pending calls per thread (4096 if told), and libuv's queue, which files and name look-ups share, should stay short.
 */
export class CallGate {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  /** Index of the first caller in `#waiting` that still waits: shifting a long array would move all of it each time. */
  #first = 0;
  #inside = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Undefined when the caller is in at once (no promise on the hot path), else a promise that resolves when it is. */
  enter(): Promise<void> | undefined {
    if (this.#inside < this.#limit) {
      this.#inside += 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the caller's place to the one that has waited longest. */
  leave(): void {
    const next = this.#waiting[this.#first];
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#first += 1;
    if (this.#first * 2 >= this.#waiting.length) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    next();
  }
}
