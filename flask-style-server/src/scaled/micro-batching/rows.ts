import type { Tensor, Tensors } from '../../model.js';

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

function concatenate(first: Tensor, tensors: readonly Tensor[]): Tensor {
  const shape = [tensors.reduce((rows, tensor) => rows + (tensor.shape[0] ?? 0), 0), ...first.shape.slice(1)];
  if (isStrings(first.values)) return { shape, values: tensors.flatMap(({ values }) => values as Uint8Array[]) };
  const numbers = tensors.map(({ values }) => values as Float32Array);
  const whole = new (first.values.constructor as Float32ArrayConstructor)(
    numbers.reduce((length, values) => length + values.length, 0),
  );
  let offset = 0;
  for (const values of numbers) {
    whole.set(values, offset);
    offset += values.length;
  }
  return { shape, values: whole };
}

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

function slice({ shape, values }: Tensor, from: number, rows: number): Tensor {
  const rowLength = shape.slice(1).reduce((length, size) => length * size, 1);
  return { shape: [rows, ...shape.slice(1)], values: values.slice(from * rowLength, (from + rows) * rowLength) };
}

function isStrings(values: Tensor['values']): values is readonly Uint8Array[] {
  return Array.isArray(values);
}
