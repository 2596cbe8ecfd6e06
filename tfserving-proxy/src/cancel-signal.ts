/** An AbortSignal and its controller for a tenth of their cost: each request has one. It is aborted by whoever made it. */
export class CancelSignal {
  /** When it will be aborted at the latest, in milliseconds since the epoch: for upstreams that can be told. */
  readonly deadlineAtMs: number;
  /** Once it is aborted: the error to throw. */
  reason: Error | undefined;
  readonly #listeners = new Set<(reason: Error) => void>();

  constructor(deadlineAtMs = Number.POSITIVE_INFINITY) {
    this.deadlineAtMs = deadlineAtMs;
  }

  get aborted(): boolean {
    return this.reason !== undefined;
  }

  /** Calls the listeners; the first reason counts. */
  abort(reason: Error): void {
    if (this.aborted) return;
    this.reason = reason;
    for (const listener of this.#listeners) listener(reason);
  }

  throwIfAborted(): void {
    if (this.reason !== undefined) throw this.reason;
  }

  /** What the promise gives. Rejects with the reason when it is aborted first. */
  until<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onAbort(reject);
      void promise.then(resolve, reject).finally(() => {
        this.offAbort(reject);
      });
    });
  }

  onAbort(listener: (reason: Error) => void): void {
    this.#listeners.add(listener);
  }

  offAbort(listener: (reason: Error) => void): void {
    this.#listeners.delete(listener);
  }
}
