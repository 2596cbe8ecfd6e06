import type { TensorValue } from '@serving-study/runtime';
import type { Tensors } from '../../server.js';

/** The size of dimension 0 that all tensors share; undefined when there is none. */
export function rowCount(tensors: Tensors): number | undefined {
  const counts = new Set([...tensors.values()].map(({ shape }) => shape[0]));
  const [count] = counts;
  return counts.size === 1 ? count : undefined;
}

/** Equal for tensors that can be concatenated: same names, same shapes of a row. */
export function rowKey(tensors: Tensors): string {
  return [...tensors].map(([alias, { shape }]) => `${alias}[${String(shape.slice(1))}]`).join();
}

/** All rows of all parts, in order. The parts have the same `rowKey`. */
export function concatenateRows(parts: readonly Tensors[]): Tensors {
  const columns = [...(parts[0] ?? [])].map(([alias, first]) => {
    const tensors = parts.flatMap((part) => part.get(alias) ?? []);
    return [alias, concatenate(first, tensors)] as const;
  });
  return new Map(columns);
}

function concatenate(first: TensorValue, tensors: readonly TensorValue[]): TensorValue {
  const shape = [tensors.reduce((rows, tensor) => rows + (tensor.shape[0] ?? 0), 0), ...first.shape.slice(1)];
  return first.dtype === 'string'
    ? { ...first, shape, strings: tensors.flatMap((tensor) => (tensor.dtype === 'string' ? tensor.strings : [])) }
    : {
        ...first,
        shape,
        data: Buffer.concat(tensors.map((tensor) => (tensor.dtype === 'string' ? EMPTY : tensor.data))),
      };
}

const EMPTY = new Uint8Array();

/** The opposite of `concatenateRows`; undefined when the tensors do not have that many rows. */
export function splitRows(tensors: Tensors, rowsOfParts: readonly number[]): Tensors[] | undefined {
  if (rowCount(tensors) !== rowsOfParts.reduce((sum, rows) => sum + rows, 0)) return undefined;
  let from = 0;
  return rowsOfParts.map((rows) => {
    const start = from;
    from += rows;
    return new Map([...tensors].map(([alias, tensor]) => [alias, slice(tensor, start, rows)]));
  });
}

function slice(tensor: TensorValue, from: number, rows: number): TensorValue {
  const shape = [rows, ...tensor.shape.slice(1)];
  const part = <T>(elements: { slice(from: number, to: number): T; readonly length: number }): T => {
    const rowLength = elements.length / (tensor.shape[0] ?? 1);
    return elements.slice(from * rowLength, (from + rows) * rowLength);
  };
  return tensor.dtype === 'string'
    ? { ...tensor, shape, strings: part(tensor.strings) }
    : { ...tensor, shape, data: part(tensor.data) };
}
