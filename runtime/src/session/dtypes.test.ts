import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { requireEngine } from '../engine/require-engine.js';
import { echo } from '../testing/tiny-models.js';
import { SavedModel } from '../session/saved-model.js';
import { ELEMENT_BYTES, elementCount, type NumericType, type TensorValue } from '../tensor-value.js';

/** TensorFlow has no Identity for the newest small types. */
const NUMERIC = (Object.keys(ELEMENT_BYTES) as NumericType[]).filter(
  (dtype) => !/^(u?int[24]|float[48]_.*)$/.test(dtype),
);
const SHAPES = [[], [0], [1], [2, 3], [1, 0, 4], [2, 1, 1, 1, 1, 1]];

describe('every type of element passes through TensorFlow unchanged', () => {
  let directory: string;
  let model: SavedModel;
  before(async () => {
    directory = await echo([...NUMERIC, 'string']);
    model = await SavedModel.load(directory, { library: (await requireEngine()).library });
  });
  after(async () => {
    await model.close();
    await rm(directory, { recursive: true });
  });
  const echoed = async (value: TensorValue): Promise<TensorValue | undefined> =>
    (await model.run(new Map([[`in_${value.dtype}:0`, value]]), [`out_${value.dtype}:0`]))[0];

  for (const dtype of NUMERIC)
    it(dtype, async () => {
      for (const shape of SHAPES) {
        const bytes = randomBytes(elementCount(shape) * ELEMENT_BYTES[dtype]);
        // a bool is 0 or 1; any other byte would be kept too, but is no value of the type
        const value = { dtype, shape, data: Uint8Array.from(dtype === 'bool' ? bytes.map((byte) => byte & 1) : bytes) };
        assert.deepEqual(await echoed(value), value);
      }
    });

  it('string: empty, inline, just too long to be inline, large, not text, many', async () => {
    const lengths = [0, 1, 21, 22, 23, 24, 255, 256, 70_000];
    const strings = lengths.map((length) => Uint8Array.from(randomBytes(length)));
    assert.deepEqual(await echoed({ dtype: 'string', shape: [3, 3], strings }), {
      dtype: 'string',
      shape: [3, 3],
      strings,
    });
    const many = Array.from({ length: 5000 }, (_, index) =>
      Uint8Array.from(Buffer.from(`element ${index}`.repeat(1 + (index % 4)))),
    );
    assert.deepEqual(await echoed({ dtype: 'string', shape: [5000], strings: many }), {
      dtype: 'string',
      shape: [5000],
      strings: many,
    });
    assert.deepEqual(await echoed({ dtype: 'string', shape: [0], strings: [] }), {
      dtype: 'string',
      shape: [0],
      strings: [],
    });
  });
});
