import type { TensorValue } from '@serving-study/runtime';
import type { Metrics } from '../metrics/index.js';
import type { SessionRun } from '../models/session-run.js';
import { StatusError } from '../status-error.js';
import type { BatchQueue } from './batch-queue.js';
import type { BatchScheduler } from './batch-scheduler.js';
import type { BatchTask } from './batch-task.js';
import type { BatchingOptions } from './batching-options.js';
import { mergeInputs } from './merge-inputs.js';
import { splitOutputs } from './split-outputs.js';

/** A model version whose runs are joined into batches. Runs share one when they feed and fetch the same tensors. */
export class BatchingSession {
  readonly #run: SessionRun;
  readonly #scheduler: BatchScheduler;
  readonly #options: BatchingOptions;
  readonly #metrics: Metrics;
  readonly #queues = new Map<string, BatchQueue>();

  constructor(run: SessionRun, scheduler: BatchScheduler, options: BatchingOptions, metrics: Metrics) {
    this.#run = run;
    this.#scheduler = scheduler;
    this.#options = options;
    this.#metrics = metrics;
  }

  readonly run: SessionRun = async (feeds, fetches, timeoutMs) => {
    const rows = this.#rowsOf(feeds);
    // The real server never answers a request without rows; alone it can be answered.
    if (rows === 0) return this.#run(feeds, fetches, timeoutMs);
    const queue = this.#queueFor([...feeds.keys()].sort(), [...new Set(fetches)].sort());
    const outputs = await new Promise<ReadonlyMap<string, TensorValue>>((resolve, reject) => {
      queue.add({ rows, feeds, timeoutMs, enqueuedMs: performance.now(), resolve, reject });
    });
    return fetches.map((name) => outputs.get(name)).filter((tensor) => tensor !== undefined);
  };

  close(): void {
    for (const queue of this.#queues.values()) this.#scheduler.removeQueue(queue);
  }

  #rowsOf(feeds: ReadonlyMap<string, TensorValue>): number {
    let rows: number | undefined;
    for (const { shape } of feeds.values()) {
      const [size] = shape;
      if (size === undefined) throw invalid('Batching Run() input tensors must have at least one dimension');
      if (rows !== undefined && size !== rows)
        throw invalid('Batching Run() input tensors must have equal 0th-dimension size');
      rows = size;
    }
    if (rows === undefined) throw invalid('Batching Run() must have at least one input tensor');
    for (let input = 0; input < feeds.size; input += 1) this.#metrics.serving.inputForBatch(rows);
    return rows;
  }

  #queueFor(inputs: readonly string[], outputs: readonly string[]): BatchQueue {
    const key = `${inputs.join()}->${outputs.join()}`;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = this.#scheduler.addQueue(this.#options, (tasks) => this.#process(tasks, inputs, outputs));
      this.#queues.set(key, queue);
    }
    return queue;
  }

  /** Runs one batch. Whatever goes wrong is the answer to all of its tasks. */
  async #process(tasks: readonly BatchTask[], inputs: readonly string[], outputs: readonly string[]): Promise<void> {
    const { serving } = this.#metrics;
    try {
      const timeoutMs = this.#remainingMs(tasks);
      const taskRows = tasks.reduce((sum, { rows }) => sum + rows, 0);
      const rows = this.#options.allowedBatchSizes.find((size) => size >= taskRows) ?? taskRows;
      serving.batchFormed(rows, rows - taskRows);
      const feeds = mergeInputs(tasks, inputs, rows - taskRows, this.#options.padInputs);
      serving.batchRuns();
      splitOutputs(tasks, outputs, await this.#run(feeds, outputs, timeoutMs), rows);
    } catch (error) {
      for (const task of tasks) task.reject(error);
    }
  }

  /**
   * The longest time that a task has left, 0 for no limit: the others still get their answer. Throws RESOURCE_EXHAUSTED when
   * no task has any left.
   */
  #remainingMs(tasks: readonly BatchTask[]): number {
    const now = performance.now();
    for (const { enqueuedMs } of tasks) this.#metrics.serving.taskLeftQueue(Math.round((now - enqueuedMs) * 1000));
    if (tasks.some(({ timeoutMs }) => timeoutMs <= 0)) return 0;
    const left = Math.max(...tasks.map(({ enqueuedMs, timeoutMs }) => enqueuedMs + timeoutMs - now));
    if (left <= 0)
      throw new StatusError('RESOURCE_EXHAUSTED', 'Run() timeout exceeded while waiting in batching queue');
    return Math.max(1, Math.floor(left));
  }
}

function invalid(message: string): StatusError {
  return new StatusError('INVALID_ARGUMENT', message);
}
