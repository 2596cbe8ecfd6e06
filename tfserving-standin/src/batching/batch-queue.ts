import { StatusError } from '../status-error.js';
import type { BatchTask } from './batch-task.js';
import type { BatchingOptions } from './batching-options.js';
import { splitTask } from './split-task.js';

interface Batch {
  readonly tasks: BatchTask[];
  rows: number;
  /** When its first task came, on the clock of performance.now(). */
  openedMs: number;
}

/**
 * Tasks that may share batches, in the order they came. The last batch is open: tasks join it until it is full, or has waited
 * long enough, or a task does not fit.
 */
export class BatchQueue {
  readonly #options: BatchingOptions;
  readonly #onReady: () => void;
  #batches: Batch[] = [newBatch()];
  #timer: NodeJS.Timeout | undefined;

  /** `onReady` is called whenever a batch may have become ready to run. */
  constructor(options: BatchingOptions, onReady: () => void) {
    this.#options = options;
    this.#onReady = onReady;
  }

  /** Takes the task in, or throws StatusError: INVALID_ARGUMENT when it is too large, UNAVAILABLE when the queue is full. */
  add(task: BatchTask): void {
    const { maxBatchSize, maxExecutionBatchSize, split } = this.#options;
    if (task.rows > maxBatchSize)
      throw new StatusError(
        'INVALID_ARGUMENT',
        `Task size ${task.rows} is larger than maximum input batch size ${maxBatchSize}`,
      );
    if (split) {
      this.#refuseBeyondCapacity(task.rows);
      for (const part of splitTask(task, maxExecutionBatchSize - this.#open.rows, maxExecutionBatchSize))
        this.#join(part);
    } else this.#join(task);
    if (this.ready) this.#onReady();
  }

  /** A batch can be taken now. */
  get ready(): boolean {
    if (this.#batches.length > 1) return true;
    const { rows, openedMs, tasks } = this.#open;
    if (tasks.length === 0) return false;
    return rows >= this.#options.maxExecutionBatchSize || performance.now() - openedMs >= this.#options.timeoutMs;
  }

  /** Takes the oldest batch out to be run. Call only when ready. */
  take(): readonly BatchTask[] {
    const batch = this.#batches.shift() ?? newBatch();
    if (this.#batches.length === 0) {
      clearTimeout(this.#timer);
      this.#batches.push(newBatch());
    }
    return batch.tasks;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  get #open(): Batch {
    const open = this.#batches.at(-1);
    if (open === undefined) throw new Error('a queue always has an open batch');
    return open;
  }

  #join(task: BatchTask): void {
    const { maxExecutionBatchSize, maxEnqueuedBatches } = this.#options;
    if (this.#open.rows + task.rows > maxExecutionBatchSize) {
      if (this.#batches.length >= maxEnqueuedBatches)
        throw unavailable(
          `currently ${this.#batches.length} batches enqueued and max_enqueued_batches is ${maxEnqueuedBatches}`,
        );
      this.#batches.push(newBatch());
    }
    const open = this.#open;
    if (open.tasks.length === 0) this.#startTimer(open);
    open.tasks.push(task);
    open.rows += task.rows;
  }

  #startTimer(batch: Batch): void {
    batch.openedMs = performance.now();
    clearTimeout(this.#timer);
    if (this.#options.timeoutMs > 0) this.#wakeIn(this.#options.timeoutMs);
  }

  #wakeIn(ms: number): void {
    this.#timer = setTimeout(() => {
      if (this.ready) this.#onReady();
      // a timer may come a fraction of a millisecond before its time
      else if (this.#open.tasks.length > 0) this.#wakeIn(1);
    }, ms);
  }

  #refuseBeyondCapacity(rows: number): void {
    const { maxExecutionBatchSize, maxEnqueuedBatches } = this.#options;
    const enqueued = this.#batches.length;
    const capacity = (maxEnqueuedBatches - enqueued) * maxExecutionBatchSize + maxExecutionBatchSize - this.#open.rows;
    if (rows > capacity)
      throw unavailable(
        `task size is ${rows} but scheduling capacity is only ${capacity} (num_enqueued_batches=${enqueued}, ` +
          `max_enqueued_batches=${maxEnqueuedBatches}, open_batch_size=${this.#open.rows}, ` +
          `max_execution_batch_size=${maxExecutionBatchSize})`,
      );
  }
}

function newBatch(): Batch {
  return { tasks: [], rows: 0, openedMs: 0 };
}

function unavailable(detail: string): StatusError {
  return new StatusError(
    'UNAVAILABLE',
    `The batch scheduling queue to which this task was submitted is full; ${detail}`,
  );
}
