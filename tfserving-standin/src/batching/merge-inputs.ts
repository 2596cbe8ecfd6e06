import { elementCount, type TensorValue } from '@serving-study/runtime';
import { StatusError } from '../status-error.js';
import type { BatchTask } from './batch-task.js';
import { concatRows, haveSameRows, padDimensions, sliceRows } from './tensor-rows.js';

/** Ranks that the real server's padding knows. */
const MAX_PADDED_RANK = 6;

/**
 * The feeds of a whole batch. `padRows` rows are added by repeating the first row of the last task. Throws StatusError, which
 * is then the answer to every request of the batch.
 */
export function mergeInputs(
  tasks: readonly BatchTask[],
  names: readonly string[],
  padRows: number,
  padInputs: boolean,
): Map<string, TensorValue> {
  const shaped = names.map((name) => {
    const tensors = tasks.map(({ feeds }) => feeds.get(name)).filter((each) => each !== undefined);
    return { name, tensors: padInputs ? padToLargest(tensors) : sameShapes(name, tensors) };
  });
  return new Map(
    shaped.map(({ name, tensors }) => {
      checkTypes(tensors);
      return [name, concatRows([...tensors, ...fillers(tensors.at(-1), padRows)])];
    }),
  );
}

function fillers(last: TensorValue | undefined, count: number): TensorValue[] {
  return last === undefined || count === 0 ? [] : new Array<TensorValue>(count).fill(sliceRows(last, 0, 1));
}

function sameShapes(name: string, tensors: readonly TensorValue[]): readonly TensorValue[] {
  if (!haveSameRows(tensors))
    throw new StatusError(
      'FAILED_PRECONDITION',
      `Tensors with name '${name}' from different tasks have different shapes and padding is turned off. Set ` +
        'pad_variable_length_inputs to true, or ensure that all tensors with the same name have equal dimensions starting ' +
        'with the first dim.',
    );
  return tensors;
}

function padToLargest(tensors: readonly TensorValue[]): readonly TensorValue[] {
  const rank = tensors[0]?.shape.length ?? 0;
  if (tensors.some(({ shape }) => shape.length !== rank))
    throw new StatusError(
      'FAILED_PRECONDITION',
      'Tensors with the same name from different tasks have different ranks; padding cannot make them equal.',
    );
  const largest = Array.from({ length: rank }, (_, axis) => Math.max(...tensors.map(({ shape }) => shape[axis] ?? 0)));
  return tensors.map((tensor) => {
    if (rank > MAX_PADDED_RANK)
      throw new StatusError('INVALID_ARGUMENT', 'Only tensors with rank from 1 to 6 can be padded.');
    const shape = [tensor.shape[0] ?? 0, ...largest.slice(1)];
    // As many elements: the same shape, or another without any.
    if (elementCount(shape) === elementCount(tensor.shape)) return { ...tensor, shape };
    if (tensor.shape.includes(0))
      throw new StatusError('INVALID_ARGUMENT', 'Got empty tensor in batch of non-empty tensors.');
    return padDimensions(tensor, shape);
  });
}

function checkTypes(tensors: readonly TensorValue[]): void {
  const first = tensors[0]?.dtype;
  const other = tensors.find(({ dtype }) => dtype !== first)?.dtype;
  if (first !== undefined && other !== undefined)
    throw new StatusError(
      'INTERNAL',
      'Tensor concat operation failed: INVALID_ARGUMENT: Cannot concatenate tensors that have different data types. ' +
        `Got ${first} and ${other}.`,
    );
}
