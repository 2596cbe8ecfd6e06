import { StatusError } from '../status-error.js';

/**
 * --grpc_max_threads: the real server has one thread per running call and one that waits for the next. There is no queue:
 * what finds no thread fails at once.
 */
export class CallSlots {
  readonly #limit: number;
  #taken = 0;

  constructor(maxThreads: number) {
    this.#limit = Math.max(1, maxThreads - 1);
  }

  /** False when all are taken; otherwise `leave()` has to follow. */
  enter(): boolean {
    if (this.#taken >= this.#limit) return false;
    this.#taken += 1;
    return true;
  }

  leave(): void {
    this.#taken -= 1;
  }
}

/** What a call gets that found no thread. */
export function exhausted(): StatusError {
  return new StatusError('RESOURCE_EXHAUSTED', 'Server Threadpool Exhausted');
}
