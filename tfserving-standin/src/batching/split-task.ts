import type { TensorValue } from '@serving-study/runtime';
import { StatusError } from '../status-error.js';
import type { BatchTask } from './batch-task.js';
import { concatRows, haveSameRows, sliceRows } from './tensor-rows.js';

/**
 * Cuts a task into parts: the first fills the `room` left in the open batch, the others have at most `most` rows. The task is
 * rejected when one of its parts is, and when padding gave their outputs different shapes.
 */
export function splitTask(task: BatchTask, room: number, most: number): BatchTask[] {
  const ends = partEnds(task.rows, room, most);
  if (ends.length === 1) return [task];
  const parts = ends.map((to, at) => ({ from: ends[at - 1] ?? 0, to }));
  const results: ReadonlyMap<string, TensorValue>[] = [];
  let open = parts.length;
  const resolvePart = (at: number, outputs: ReadonlyMap<string, TensorValue>): void => {
    results[at] = outputs;
    open -= 1;
    if (open > 0) return;
    const whole = joinOutputs(results);
    if (whole instanceof StatusError) task.reject(whole);
    else task.resolve(whole);
  };
  return parts.map(({ from, to }, at) => ({
    ...task,
    rows: to - from,
    feeds: new Map([...task.feeds].map(([name, tensor]) => [name, sliceRows(tensor, from, to)])),
    resolve: (outputs) => {
      resolvePart(at, outputs);
    },
    // the first error is the request's answer; a promise takes no second one
    reject: task.reject,
  }));
}

function partEnds(rows: number, room: number, most: number): number[] {
  const ends: number[] = [];
  for (let end = room > 0 ? room : most; end < rows; end += most) ends.push(end);
  return [...ends, rows];
}

function joinOutputs(
  parts: readonly ReadonlyMap<string, TensorValue>[],
): ReadonlyMap<string, TensorValue> | StatusError {
  const joined = new Map<string, TensorValue>();
  for (const name of parts[0]?.keys() ?? []) {
    const tensors = parts.map((part) => part.get(name)).filter((each) => each !== undefined);
    if (!haveSameRows(tensors))
      return new StatusError(
        'FAILED_PRECONDITION',
        `Parts of the request were padded to different shapes, so that its output '${name}' has no shape; ` +
          'send fewer rows at once, or inputs of the shapes that other requests have.',
      );
    joined.set(name, concatRows(tensors));
  }
  return joined;
}
