import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TensorValue } from '@serving-study/runtime';
import fc from 'fast-check';
import { concatRows, padDimensions, sliceRows } from './tensor-rows.js';

function bytes(shape: readonly number[], values: readonly number[]): TensorValue {
  return { dtype: 'uint8', shape, data: Uint8Array.from(values) };
}

function strings(shape: readonly number[], values: readonly string[]): TensorValue {
  return { dtype: 'string', shape, strings: values.map((value) => Buffer.from(value)) };
}

/** Elements as text, and the shape. */
function show(tensor: TensorValue): string {
  const elements =
    tensor.dtype === 'string' ? tensor.strings.map((text) => Buffer.from(text).toString()) : [...tensor.data];
  return `[${tensor.shape.join()}] ${elements.join(' ')}`;
}

describe('rows of tensors', () => {
  it('are cut and joined', () => {
    const tensor = bytes([3, 2], [1, 2, 3, 4, 5, 6]);
    assert.equal(show(sliceRows(tensor, 1, 3)), '[2,2] 3 4 5 6');
    assert.equal(show(concatRows([sliceRows(tensor, 2, 3), tensor])), '[4,2] 5 6 1 2 3 4 5 6');
    const texts = strings([2, 1], ['a', 'b']);
    assert.equal(show(concatRows([texts, sliceRows(texts, 1, 2)])), '[3,1] a b b');
    assert.equal(show(sliceRows(bytes([2, 0], []), 0, 1)), '[1,0] ');
  });

  it('are whole again after any cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }), fc.nat(), (rows, width, seed) => {
        const tensor = bytes(
          [rows, width],
          Array.from({ length: rows * width }, (_, at) => (at * 7 + seed) % 256),
        );
        const at = 1 + (seed % rows);
        const parts = [sliceRows(tensor, 0, at), sliceRows(tensor, at, rows)].filter(({ shape }) => shape[0] !== 0);
        assert.equal(show(concatRows(parts)), show(tensor));
      }),
    );
  });

  it('are filled up with the first element, at the end of every inner dimension', () => {
    assert.equal(show(padDimensions(bytes([2, 1], [5, 6]), [2, 3])), '[2,3] 5 5 5 6 5 5');
    assert.equal(show(padDimensions(bytes([1, 2, 2], [1, 2, 3, 4]), [1, 3, 3])), '[1,3,3] 1 2 1 3 4 1 1 1 1');
    assert.equal(show(padDimensions(strings([1, 1], ['x']), [1, 2])), '[1,2] x x');
    const wide: TensorValue = { dtype: 'int32', shape: [1, 1], data: Uint8Array.from([1, 2, 3, 4]) };
    assert.equal(show(padDimensions(wide, [1, 2])), '[1,2] 1 2 3 4 1 2 3 4');
  });
});
