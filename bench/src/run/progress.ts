const NEWS_EVERY_MS = 10_000;

/** What the user sees while waiting. On a terminal one line is rewritten; elsewhere lines are printed now and then. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #lastNews = Number.NEGATIVE_INFINITY;
  #lineOpen = false;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  /** A line that stays. */
  readonly say = (text: string): void => {
    this.clear();
    this.#out.write(`${text}\n`);
  };

  /** What is being done now; replaced by the next. */
  readonly now = (text: string): void => {
    if (this.#out.isTTY) {
      this.#out.write(`\r\u001b[2K${text.slice(0, this.#out.columns - 1)}`);
      this.#lineOpen = true;
      return;
    }
    if (performance.now() - this.#lastNews < NEWS_EVERY_MS) return;
    this.#lastNews = performance.now();
    this.#out.write(`${text}\n`);
  };

  /** Takes the line of what is being done away, so that something else can be printed. */
  clear(): void {
    if (this.#lineOpen) this.#out.write('\r\u001b[2K');
    this.#lineOpen = false;
  }
}
