import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataTypeNumber, loadMessages } from '@serving-study/protos';
import { ELEMENT_BYTES, type NumericType, type TensorValue } from '@serving-study/runtime';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { readTensor } from './tensor-decoder.js';
import { ELEMENT_FIELDS } from './tensor-fields.js';
import { WireReader } from './wire-reader.js';

const TENSOR = loadMessages().lookupType('tensorflow.TensorProto');
/** Types of less than a byte and of float8 are tested apart: their values have fields of their own, or none. */
const NUMERIC = (Object.keys(ELEMENT_BYTES) as NumericType[]).filter(
  (dtype) => !/^(u?int[24]|float[48]_.*)$/.test(dtype),
);

/** What protobufjs makes of a TensorProto. */
interface Decoded {
  dtype: number;
  tensor_shape?: { dim?: { size: { toNumber(): number } | number }[] } | null;
  tensor_content: Uint8Array;
  [field: string]: unknown;
}

const FIELD_NAMES = new Map(TENSOR.fieldsArray.map(({ id, name }) => [id, name]));

/** Tensor::FromProto word for word, slowly, over protobufjs' own decoding. */
function expectedTensor(bytes: Uint8Array, dtype: NumericType): TensorValue | undefined {
  const message = TENSOR.decode(bytes) as unknown as Decoded;
  const shape = (message.tensor_shape?.dim ?? []).map(({ size }) =>
    typeof size === 'number' ? size : size.toNumber(),
  );
  const count = shape.reduce((product, size) => product * size, 1);
  const width = ELEMENT_BYTES[dtype];
  const data = Buffer.alloc(count * width);
  if (count === 0) return { dtype, shape, data: new Uint8Array(0) };
  if (message.tensor_content.length > 0)
    return message.tensor_content.length === data.length &&
      (dtype !== 'bool' || message.tensor_content.every((byte) => byte < 2))
      ? { dtype, shape, data: Buffer.from(message.tensor_content) }
      : undefined;
  const values = message[FIELD_NAMES.get(ELEMENT_FIELDS[dtype].number) ?? ''] as (
    number | boolean | { low: number; high: number }
  )[];
  const perElement = dtype.startsWith('complex') ? 2 : 1;
  const given = Math.floor(values.length / perElement);
  for (let index = 0; index < count && given > 0; index += 1)
    for (let part = 0; part < perElement; part += 1) {
      const value = values[Math.min(index, given - 1) * perElement + part] ?? 0;
      writeElement(data, index * width + (part * width) / perElement, dtype, value);
    }
  return { dtype, shape, data };
}

function writeElement(
  data: Buffer,
  at: number,
  dtype: NumericType,
  value: number | boolean | { low: number; high: number },
): void {
  if (typeof value === 'object') {
    data.writeInt32LE(value.low, at);
    data.writeInt32LE(value.high, at + 4);
  } else if (dtype === 'float' || dtype === 'complex64') data.writeFloatLE(Number(value), at);
  else if (dtype === 'double' || dtype === 'complex128') data.writeDoubleLE(Number(value), at);
  else if (ELEMENT_BYTES[dtype] === 4) data.writeInt32LE(Number(value) | 0, at);
  else if (ELEMENT_BYTES[dtype] === 2) data.writeUInt16LE(Number(value) & 0xffff, at);
  else data.writeUInt8(Number(value) & 0xff, at);
}

/** Values for the typed field of a dtype: written with protobufjs' writer, packed, one at a time, or in two packed pieces. */
function writeValues(
  writer: protobuf.Writer,
  dtype: NumericType,
  values: readonly bigint[],
  layout: 'packed' | 'single' | 'pieces',
): void {
  const { number, kind } = ELEMENT_FIELDS[dtype];
  const wire = kind === 'fixed' ? (dtype === 'float' || dtype === 'complex64' ? 5 : 1) : 0;
  const one = (value: bigint): void => {
    if (kind === 'bool') writer.bool(value % 2n === 0n);
    else if (kind === 'int64') writer.int64(value.toString());
    else if (kind === 'int32') writer.int32(Number(BigInt.asIntN(32, value)));
    else if (wire === 5) writer.float(Number(value) / 8);
    else writer.double(Number(value) / 8);
  };
  if (layout === 'single')
    for (const value of values) {
      writer.uint32((number << 3) | wire);
      one(value);
    }
  else
    for (const piece of layout === 'packed' ? [values] : [values.slice(0, 2), values.slice(2)]) {
      writer.uint32((number << 3) | 2).fork();
      piece.forEach(one);
      writer.ldelim();
    }
}

const tensorBytes = fc
  .record({
    dtype: fc.constantFrom(...NUMERIC),
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    values: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 8 }),
    layout: fc.constantFrom('packed' as const, 'single' as const, 'pieces' as const),
    contentBytes: fc.option(fc.uint8Array({ maxLength: 20 }), { freq: 4, nil: undefined }),
    noise: fc.boolean(),
  })
  .map(({ dtype, shape, values, layout, contentBytes, noise }) => {
    const writer = protobuf.Writer.create();
    if (noise) writer.uint32((21 << 3) | 2).string('a field of the future');
    writeValues(writer, dtype, values, layout);
    writer.uint32(8).int32(dataTypeNumber(dtype));
    writer.uint32((2 << 3) | 2).fork();
    for (const size of shape)
      writer
        .uint32((2 << 3) | 2)
        .fork()
        .uint32(8)
        .int64(size)
        .ldelim();
    writer.ldelim();
    if (contentBytes !== undefined) writer.uint32((4 << 3) | 2).bytes(contentBytes);
    return { dtype, bytes: writer.finish() };
  });

test('a tensor read straight from its bytes is what FromProto makes of protobufjs decoding', () => {
  fc.assert(
    fc.property(tensorBytes, ({ dtype, bytes }) => {
      const got = readTensor(new WireReader(bytes));
      const expected = expectedTensor(bytes, dtype);
      assert.equal(got === undefined, expected === undefined);
      if (got === undefined || expected === undefined || got.dtype === 'string' || expected.dtype === 'string') return;
      assert.equal(got.dtype, expected.dtype);
      assert.deepEqual(got.shape, expected.shape);
      assert.equal(Buffer.from(got.data).toString('hex'), Buffer.from(expected.data).toString('hex'));
    }),
    { numRuns: 3000 },
  );
});

function tensor(fields: object): TensorValue | undefined {
  return readTensor(new WireReader(TENSOR.encode(TENSOR.fromObject(fields)).finish()));
}

test('a few bytes do not become a large tensor, nor very many strings', () => {
  const shape = { dim: [{ size: 2 ** 27 }] };
  assert.throws(() => tensor({ dtype: 'DT_FLOAT', tensor_shape: shape, float_val: [1] }), {
    code: 'RESOURCE_EXHAUSTED',
  });
  assert.throws(() => tensor({ dtype: 'DT_STRING', tensor_shape: shape }), { code: 'RESOURCE_EXHAUSTED' });
  const strings = Array<Buffer>(2 ** 18 + 1).fill(Buffer.alloc(0));
  assert.throws(() => tensor({ dtype: 'DT_STRING', string_val: strings }), { code: 'RESOURCE_EXHAUSTED' });
  const content = Buffer.alloc(2 ** 18 + 1);
  assert.throws(
    () => tensor({ dtype: 'DT_STRING', tensor_shape: { dim: [{ size: content.length }] }, tensor_content: content }),
    { code: 'RESOURCE_EXHAUSTED' },
  );
});

test('strings: short fill, all of tensor_content or nothing', () => {
  const shape = { dim: [{ size: 3 }] };
  const texts = (value: TensorValue | undefined): string[] | undefined =>
    value?.dtype === 'string' ? value.strings.map((bytes) => Buffer.from(bytes).toString()) : undefined;
  const of = (...strings: string[]): Buffer[] => strings.map((text) => Buffer.from(text));
  assert.deepEqual(texts(tensor({ dtype: 'DT_STRING', tensor_shape: shape, string_val: of('a', 'bc') })), [
    'a',
    'bc',
    'bc',
  ]);
  assert.deepEqual(texts(tensor({ dtype: 'DT_STRING', tensor_shape: shape })), ['', '', '']);
  assert.deepEqual(texts(tensor({ dtype: 'DT_STRING', tensor_shape: shape, string_val: of('1', '2', '3', '4') })), [
    '1',
    '2',
    '3',
  ]);
  assert.deepEqual(
    texts(tensor({ dtype: 'DT_STRING', tensor_shape: shape, tensor_content: Buffer.from('\x01\x00\x02xyz') })),
    ['x', '', 'yz'],
  );
  assert.equal(
    tensor({ dtype: 'DT_STRING', tensor_shape: shape, tensor_content: Buffer.from('\x01\x00\x02xy') }),
    undefined,
  );
  assert.equal(
    tensor({ dtype: 'DT_STRING', tensor_shape: shape, tensor_content: Buffer.from('\x01\x00\x02xyz!') }),
    undefined,
  );
  assert.equal(tensor({ dtype: 'DT_STRING', tensor_shape: shape, tensor_content: Buffer.from('\x01') }), undefined);
});

test('types that no JSON knows are tensors too, for the graph to refuse', () => {
  const dataOf = (fields: object): number[] | undefined => {
    const value = tensor({ tensor_shape: { dim: [{ size: 2 }] }, ...fields });
    return value === undefined || value.dtype === 'string' ? undefined : [...value.data];
  };
  assert.deepEqual(dataOf({ dtype: 'DT_FLOAT8_E5M2', float8_val: Buffer.from([1, 2]) }), [1, 2]);
  assert.deepEqual(dataOf({ dtype: 'DT_FLOAT8_E4M3FN', float8_val: Buffer.from([7]) }), [7, 7]);
  assert.deepEqual(dataOf({ dtype: 'DT_INT4', int_val: [3] }), [3, 3]);
  assert.deepEqual(dataOf({ dtype: 'DT_UINT2', tensor_content: Buffer.from([1, 0]) }), [1, 0]);
  assert.equal(dataOf({ dtype: 'DT_INT4', tensor_content: Buffer.from([1]) }), undefined);
});

test('what FromProto refuses', () => {
  const dims = (...sizes: (number | string)[]): object => ({ dim: sizes.map((size) => ({ size })) });
  const refused = [
    { tensor_shape: dims(1), float_val: [1] },
    { dtype: 99, tensor_shape: dims(1) },
    { dtype: 101, tensor_shape: dims(1), float_val: [1] },
    { dtype: 'DT_FLOAT', tensor_shape: dims(-1), float_val: [1] },
    { dtype: 'DT_FLOAT', tensor_shape: dims(0, -1) },
    { dtype: 'DT_BOOL', tensor_shape: dims(2), tensor_content: Buffer.from([1, 2]) },
    { dtype: 'DT_FLOAT', tensor_shape: dims('1099511627776', '1099511627776', 0) },
    { dtype: 'DT_FLOAT', tensor_shape: dims(...Array.from({ length: 255 }, () => 1)), float_val: [1] },
  ];
  for (const fields of refused) assert.equal(tensor(fields), undefined, JSON.stringify(fields));
  assert.deepEqual(tensor({ dtype: 'DT_FLOAT', tensor_shape: dims(0, '1099511627776', '1099511627776') })?.shape, [
    0,
    2 ** 40,
    2 ** 40,
  ]);
});
