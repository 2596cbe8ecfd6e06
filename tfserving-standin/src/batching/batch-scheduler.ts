import { BatchQueue } from './batch-queue.js';
import type { BatchTask } from './batch-task.js';
import type { BatchingOptions } from './batching-options.js';

interface ServedQueue {
  readonly queue: BatchQueue;
  readonly run: (tasks: readonly BatchTask[]) => Promise<void>;
}

/** The batch threads that all models share: they take ready batches from the queues in turn. */
export class BatchScheduler {
  #free: number;
  readonly #queues: ServedQueue[] = [];
  #next = 0;
  #scheduled = false;

  constructor(threads: number) {
    this.#free = threads;
  }

  /** A new queue; `run` processes one of its batches and never rejects. */
  addQueue(options: BatchingOptions, run: (tasks: readonly BatchTask[]) => Promise<void>): BatchQueue {
    const queue = new BatchQueue(options, () => {
      this.#schedule();
    });
    this.#queues.push({ queue, run });
    return queue;
  }

  /** Forgets a queue that is empty and gets no more tasks. */
  removeQueue(queue: BatchQueue): void {
    queue.close();
    const at = this.#queues.findIndex((served) => served.queue === queue);
    if (at >= 0) this.#queues.splice(at, 1);
  }

  /** Looks for work after the requests that came in with this turn of the event loop, so that they share a batch. */
  #schedule(): void {
    if (this.#scheduled || this.#free === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#free > 0) {
      const served = this.#nextReady();
      if (served === undefined) return;
      this.#free -= 1;
      void served.run(served.queue.take()).then(() => {
        this.#free += 1;
        this.#dispatch();
      });
    }
  }

  #nextReady(): ServedQueue | undefined {
    const inTurn = [...this.#queues.slice(this.#next), ...this.#queues.slice(0, this.#next)];
    const found = inTurn.find(({ queue }) => queue.ready);
    if (found !== undefined) this.#next = (this.#queues.indexOf(found) + 1) % this.#queues.length;
    return found;
  }
}
