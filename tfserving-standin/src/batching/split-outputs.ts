import type { TensorValue } from '@serving-study/runtime';
import { StatusError } from '../status-error.js';
import type { BatchTask } from './batch-task.js';
import { sliceRows } from './tensor-rows.js';

/**
 * Hands each task its rows of a batch's outputs; rows beyond those of the tasks are padding. Throws StatusError when an output
 * does not have one row per row of the batch: then no task has an answer yet.
 */
export function splitOutputs(
  tasks: readonly BatchTask[],
  names: readonly string[],
  outputs: readonly TensorValue[],
  rows: number,
): void {
  for (const { shape } of outputs) {
    if (shape.length === 0) throw new StatusError('FAILED_PRECONDITION', 'Batched output tensor has 0 dimensions');
    if (shape[0] !== rows)
      throw new StatusError(
        'FAILED_PRECONDITION',
        "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors",
      );
  }
  let from = 0;
  for (const task of tasks) {
    const to = from + task.rows;
    const whole = from === 0 && to === rows;
    const mine = whole ? outputs : outputs.map((tensor) => sliceRows(tensor, from, to));
    task.resolve(new Map(mine.map((tensor, at) => [names[at] ?? '', tensor])));
    from = to;
  }
}
