import type { Signature } from '@serving-study/runtime';
import type { Model, Prediction, Tensors } from '../../server.js';
import { concatenateRows, rowCount, rowKey, splitRows } from './rows.js';

export interface BatchingOptions {
  /** Rows that run together at most. A single request may be larger: it then runs alone. */
  readonly maxBatchSize: number;
  /** Runs at the same time at most; requests wait, and gather, only while so many are under way. */
  readonly batchesInFlight: number;
}

interface Waiting {
  readonly signatureName: string;
  readonly inputs: Tensors;
  readonly rows: number;
  /** Requests with the same key fit into one batch; undefined: runs alone. */
  readonly key: string | undefined;
  readonly sinceMs: number;
  readonly settle: (prediction: Promise<Prediction>) => void;
}

/**
 * Gathers waiting requests into batches. No timer: an idle model answers at once, a busy one finds a batch when it is free,
 * so that latency is never spent on the hope of company.
 */
export function microBatched(model: Model, { maxBatchSize, batchesInFlight }: BatchingOptions): Model {
  const queue: Waiting[] = [];
  let underWay = 0;

  function predict(signatureName: string, inputs: Tensors): Promise<Prediction> {
    const rows = rowCount(inputs);
    const isAlone = rows === undefined || !hasRows(model.signatures.get(signatureName));
    const key = isAlone ? undefined : `${signatureName} ${rowKey(inputs)}`;
    return new Promise((resolve) => {
      queue.push({ signatureName, inputs, rows: rows ?? 0, key, sinceMs: performance.now(), settle: resolve });
      startBatches();
    });
  }

  function startBatches(): void {
    while (underWay < batchesInFlight && queue.length > 0) {
      underWay += 1;
      void run(takeBatch()).finally(() => {
        underWay -= 1;
        startBatches();
      });
    }
  }

  function takeBatch(): Waiting[] {
    const batch = queue.splice(0, 1);
    const key = batch[0]?.key;
    let total = batch[0]?.rows ?? 0;
    for (
      let next = queue[0];
      key !== undefined && next?.key === key && total + next.rows <= maxBatchSize;
      next = queue[0]
    ) {
      batch.push(...queue.splice(0, 1));
      total += next.rows;
    }
    return batch;
  }

  async function run(batch: readonly Waiting[]): Promise<void> {
    const startedAtMs = performance.now();
    // a batch that fails, or whose outputs are not one row each, is answered request by request: neighbours share no errors
    const parts = batch.length > 1 ? await runTogether(batch).catch(() => undefined) : undefined;
    const answers = batch.map(async ({ signatureName, inputs, sinceMs }, at): Promise<Prediction> => {
      const outputs = parts?.[at] ?? (await model.predict(signatureName, inputs)).outputs;
      const timing = { queue: startedAtMs - sinceMs, inference: performance.now() - startedAtMs };
      return { outputs, timing };
    });
    for (const [at, answer] of answers.entries()) batch[at]?.settle(answer);
    await Promise.allSettled(answers);
  }

  async function runTogether(batch: readonly Waiting[]): Promise<Tensors[] | undefined> {
    const { outputs } = await model.predict(
      batch[0]?.signatureName ?? '',
      concatenateRows(batch.map(({ inputs }) => inputs)),
    );
    return splitRows(
      outputs,
      batch.map(({ rows }) => rows),
    );
  }

  return { version: model.version, signatures: model.signatures, predict };
}

/** Whether all outputs may have a row for each instance. A fixed number of rows belongs to none, even where it fits a batch. */
function hasRows(signature: Signature | undefined): boolean {
  return [...(signature?.outputs.values() ?? [])].every(({ shape }) => shape === undefined || shape[0] === -1);
}
