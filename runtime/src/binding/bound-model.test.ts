import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { NumericType, TensorValue } from '../tensor-value.js';
import { constant, writeSavedModel, type GraphNode, type SignatureSource } from '../testing/write-saved-model.js';
import { BoundModel } from './bound-model.js';

const DTYPES = ['float', 'int32', 'int64', 'uint8', 'bool', 'string', 'double'] as const;
/** Too long to lie inside its element of the tensor. */
const NAME = 'a class whose name is longer than 22 bytes';

const bytesOf = (values: ArrayBufferView): Uint8Array => new Uint8Array(values.buffer as ArrayBuffer);
const numbers = (dtype: NumericType, values: ArrayBufferView & { length: number }): TensorValue => ({
  dtype,
  shape: [values.length],
  data: bytesOf(values),
});

/** `<dtype>` gives back what it gets, `name` a constant beside it, `check` fails when there is NaN. */
function writeModel(): Promise<string> {
  const T = { T: { type: 'float' } } as const;
  const echoes = DTYPES.flatMap((dtype): GraphNode[] => [
    { name: `in_${dtype}`, op: 'Placeholder', attr: { dtype: { type: dtype } } },
    { name: `out_${dtype}`, op: 'Identity', input: [`in_${dtype}`], attr: { T: { type: dtype } } },
  ]);
  const signatures = DTYPES.map((dtype): [string, SignatureSource] => [
    dtype,
    { inputs: { x: [`in_${dtype}:0`, dtype] }, outputs: { y: [`out_${dtype}:0`, dtype] } },
  ]);
  return writeSavedModel(
    [
      ...echoes,
      constant('class', 'string', Buffer.concat([Buffer.of(NAME.length), Buffer.from(NAME)])),
      { name: 'checked', op: 'CheckNumerics', input: ['in_float'], attr: { ...T, message: { s: 'no number' } } },
    ],
    {
      ...Object.fromEntries(signatures),
      name: {
        inputs: { x: ['in_float:0', 'float'] },
        outputs: { y: ['out_float:0', 'float'], name: ['class:0', 'string'] },
      },
      check: { inputs: { x: ['in_float:0', 'float'] }, outputs: { y: ['checked:0', 'float'] } },
    },
  );
}

describe('a model in the binding', () => {
  let directory: string;
  let model: BoundModel;
  before(async () => {
    directory = await writeModel();
    model = await BoundModel.load(directory);
  });
  after(async () => {
    model[Symbol.dispose]();
    await rm(directory, { recursive: true });
  });

  const run = (signature: string, x: TensorValue): TensorValue | undefined =>
    model.run(signature, new Map([['x', x]])).get('y');

  it('gives back what it gets, over the whole range of each type', () => {
    const values = [
      numbers('float', Float32Array.of(0, -0, 1.5, Number.NaN, Infinity)),
      numbers('int32', Int32Array.of(0, -1, 2 ** 31 - 1, -(2 ** 31))),
      numbers('int64', BigInt64Array.of(0n, -7n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n))),
      numbers('uint8', Uint8Array.of(0, 1, 255)),
      numbers('bool', Uint8Array.of(0, 1)),
      numbers('int64', BigInt64Array.of()),
    ];
    for (const value of values) assert.deepEqual(run(value.dtype, value), value);
    const strings = ['', 'short', NAME, 'x'.repeat(70_000)].map((text) => Uint8Array.from(Buffer.from(text)));
    assert.deepEqual(run('string', { dtype: 'string', shape: [2, 2], strings }), {
      dtype: 'string',
      shape: [2, 2],
      strings,
    });
  });

  it('gives a constant of the graph every time', () => {
    for (let time = 0; time < 3; time += 1) {
      const name = model.run('name', new Map([['x', numbers('float', Float32Array.of(1))]])).get('name');
      assert.equal(name?.dtype === 'string' ? String(Buffer.from(name.strings[0] ?? [])) : undefined, NAME);
    }
  });

  it('refuses the types that the binding does not have, and runs the others', () => {
    assert.throws(() => run('double', numbers('double', Float64Array.of(1))), {
      code: 'UNIMPLEMENTED',
      message: /has no type double$/,
    });
  });

  it('refuses more dimensions than TensorFlow bears', () => {
    const deep = { ...numbers('float', Float32Array.of(1)), shape: new Array<number>(255).fill(1) };
    assert.throws(() => run('float', deep), { code: 'INVALID_ARGUMENT', message: /254 dimensions at most/ });
  });

  it('frees the inputs of runs that fail', () => {
    const fail = (): void => {
      const values = new Float32Array(1_000_000).fill(Number.NaN);
      assert.throws(() => run('check', numbers('float', values)), { message: /no number/ });
    };
    for (let time = 0; time < 20; time += 1) fail();
    const before = process.memoryUsage().rss;
    for (let time = 0; time < 200; time += 1) fail();
    const grownMb = (process.memoryUsage().rss - before) / 1e6;
    assert.ok(grownMb < 300, `${grownMb.toFixed(0)} MB after 200 runs of 4 MB`);
    assert.equal(model.heldTensors, 0);
  });
});
