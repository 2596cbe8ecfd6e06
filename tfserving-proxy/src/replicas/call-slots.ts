import type { CancelSignal } from '../cancel-signal.js';

/**
 * How many calls may be at the server at once. TensorFlow Serving refuses what exceeds its threads (--grpc_max_threads,
 * 4 per CPU) instead of queueing it, though its REST port queues. So calls that were refused for that reason wait here for
 * one that is under way, and the number is learned: it falls when the server is full and rises by one after `PROBE_AFTER`
 * calls without a refusal.
 */
export class CallSlots {
  #limit = Number.POSITIVE_INFINITY;
  #inFlight = 0;
  #calmCalls = 0;
  readonly #waiting = new Set<() => void>();

  /** Takes a slot; waits for one when there is none. Rejects with the reason of the signal when it is aborted first. */
  async take(signal: CancelSignal): Promise<void> {
    if (this.#inFlight >= this.#limit) await this.#turn(signal);
    else this.#inFlight += 1;
  }

  /** Gives a slot back after a call that the server took. */
  giveBack(): void {
    this.#inFlight -= 1;
    this.#calmCalls += 1;
    if (this.#calmCalls >= PROBE_AFTER) {
      this.#calmCalls = 0;
      this.#limit += 1;
    }
    this.#wake();
  }

  /** Gives a slot back after a call that found the server full. False when none of ours is under way: waiting is no use then. */
  giveBackRefused(): boolean {
    this.#inFlight -= 1;
    this.#calmCalls = 0;
    this.#limit = Math.max(1, Math.min(this.#limit, this.#inFlight));
    this.#wake();
    return this.#inFlight > 0;
  }

  /** Resolves when a slot has been handed over. */
  #turn(signal: CancelSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal.offAbort(leave);
        this.#inFlight += 1;
        resolve();
      };
      const leave = (reason: Error): void => {
        this.#waiting.delete(start);
        reject(reason);
      };
      if (signal.reason !== undefined) {
        leave(signal.reason);
        return;
      }
      signal.onAbort(leave);
      this.#waiting.add(start);
    });
  }

  #wake(): void {
    for (const start of this.#waiting) {
      if (this.#inFlight >= this.#limit) return;
      this.#waiting.delete(start);
      start();
    }
  }
}

const PROBE_AFTER = 200;
