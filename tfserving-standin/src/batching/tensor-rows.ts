import { elementCount, type NumericTensor, type StringTensor, type TensorValue } from '@serving-study/runtime';

/** Rows `from` (inclusive) to `to` of a tensor of rank 1 or more, without copying numbers. */
export function sliceRows(tensor: TensorValue, from: number, to: number): TensorValue {
  const shape = [to - from, ...tensor.shape.slice(1)];
  if (tensor.dtype === 'string') {
    const perRow = elementCount(tensor.shape.slice(1));
    return { dtype: 'string', shape, strings: tensor.strings.slice(from * perRow, to * perRow) };
  }
  const rowBytes = tensor.shape[0] === 0 ? 0 : tensor.data.length / (tensor.shape[0] ?? 1);
  return { dtype: tensor.dtype, shape, data: tensor.data.subarray(from * rowBytes, to * rowBytes) };
}

/** Whether tensors have the same shape but for the first dimension. */
export function haveSameRows(tensors: readonly TensorValue[]): boolean {
  const [first, ...others] = tensors.map(({ shape }) => shape.slice(1).join());
  return others.every((inner) => inner === first);
}

/** Tensors one below the other. They have the same type, and the same shape but for the first dimension. */
export function concatRows(tensors: readonly TensorValue[]): TensorValue {
  const [first] = tensors;
  if (first === undefined) throw new Error('nothing to concatenate');
  if (tensors.length === 1) return first;
  const rows = tensors.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const shape = [rows, ...first.shape.slice(1)];
  if (first.dtype === 'string')
    return { dtype: 'string', shape, strings: (tensors as readonly StringTensor[]).flatMap(({ strings }) => strings) };
  return {
    dtype: first.dtype,
    shape,
    data: Buffer.concat((tensors as readonly NumericTensor[]).map(({ data }) => data)),
  };
}

/** A tensor made larger: every dimension but the first filled up at its end with the tensor's own first element. */
export function padDimensions(tensor: TensorValue, shape: readonly number[]): TensorValue {
  const inner = tensor.shape.at(-1) ?? 1;
  const wanted = shape.at(-1) ?? 1;
  const positions = innerStarts(tensor.shape, shape);
  if (tensor.dtype === 'string') {
    const strings = new Array<Uint8Array>(elementCount(shape)).fill(tensor.strings[0] ?? new Uint8Array());
    positions.forEach((start, row) => {
      for (let at = 0; at < inner; at += 1) strings[start + at] = tensor.strings[row * inner + at] ?? new Uint8Array();
    });
    return { dtype: 'string', shape, strings };
  }
  const elementBytes = tensor.data.length / elementCount(tensor.shape);
  const data = Buffer.alloc(elementCount(shape) * elementBytes, tensor.data.subarray(0, elementBytes));
  if (wanted > 0)
    positions.forEach((start, row) => {
      data.set(
        tensor.data.subarray(row * inner * elementBytes, (row + 1) * inner * elementBytes),
        start * elementBytes,
      );
    });
  return { dtype: tensor.dtype, shape, data };
}

/** Where each innermost row of a tensor of shape `from` begins inside one of shape `to`, in elements. */
function innerStarts(from: readonly number[], to: readonly number[]): number[] {
  let starts = [0];
  from.slice(0, -1).forEach((size, axis) => {
    const stride = elementCount(to.slice(axis + 1));
    starts = starts.flatMap((start) => Array.from({ length: size }, (_, index) => start + index * stride));
  });
  return starts;
}
