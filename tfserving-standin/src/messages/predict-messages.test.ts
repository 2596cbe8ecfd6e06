import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import { ELEMENT_BYTES, type NumericType, type TensorValue } from '@serving-study/runtime';
import fc from 'fast-check';
import { MalformedMessage } from './malformed-message.js';
import { readPredictRequest, writePredictResponse } from './predict-messages.js';
import { ReverseWriter } from './reverse-writer.js';
import { readTensor } from './tensor-decoder.js';
import { writeTensor } from './tensor-encoder.js';
import { WireReader } from './wire-reader.js';

const REQUEST = loadMessages().lookupType('tensorflow.serving.PredictRequest');
const RESPONSE = loadMessages().lookupType('tensorflow.serving.PredictResponse');
const TENSOR = loadMessages().lookupType('tensorflow.TensorProto');
const NUMERIC = Object.keys(ELEMENT_BYTES) as NumericType[];

test('the golden request and response', () => {
  const request = '0a0f0a0d68616c665f706c75735f74776f121b0a0178121608011204120208032a0c0000803f000000400000a040';
  const { model, inputs, outputFilter } = readPredictRequest(Buffer.from(request, 'hex'));
  assert.deepEqual(model, { name: 'half_plus_two', choice: { kind: 'latest' }, signatureName: '' });
  assert.deepEqual([...inputs.keys()], ['x']);
  assert.deepEqual(outputFilter, []);
  const data = Buffer.from(Float32Array.of(2.5, 3, 4.5).buffer);
  const outputs = new Map<string, TensorValue>([['y', { dtype: 'float', shape: [3], data }]]);
  const response = writePredictResponse(
    { name: 'half_plus_two', version: 123n, signatureName: 'serving_default', outputs },
    false,
  );
  assert.equal(
    response.toString('hex'),
    '0a1b0a0179121608011204120208032a0c00002040000040400000904012240a0d68616c665f706c75735f74776f1202087b1a0f73657276696e675f64656661756c74',
  );
});

const requestObject = fc.record({
  model_spec: fc.option(
    fc.record(
      {
        name: fc.string({ unit: 'grapheme' }),
        version: fc.record({ value: fc.integer() }),
        signature_name: fc.string({ unit: 'grapheme' }),
      },
      { requiredKeys: ['name'] },
    ),
    { nil: undefined },
  ),
  inputs: fc.dictionary(
    fc.string({ unit: 'grapheme' }).filter((key) => key !== '__proto__'),
    fc.record({
      dtype: fc.constant(1),
      tensor_shape: fc.constant({ dim: [{ size: 2 }] }),
      float_val: fc.array(fc.float(), { maxLength: 3 }),
    }),
    { maxKeys: 3 },
  ),
  output_filter: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 3 }),
});

test('a request reads as protobufjs reads it', () => {
  fc.assert(
    fc.property(requestObject, (object) => {
      const bytes = REQUEST.encode(REQUEST.fromObject(object)).finish();
      const { model, inputs, outputFilter } = readPredictRequest(bytes);
      assert.equal(model?.name, object.model_spec?.name);
      assert.equal(
        model?.signatureName,
        object.model_spec === undefined ? undefined : (object.model_spec.signature_name ?? ''),
      );
      const version = object.model_spec?.version?.value;
      assert.deepEqual(
        model?.choice,
        object.model_spec &&
          (version === undefined ? { kind: 'latest' } : { kind: 'version', version: BigInt(version) }),
      );
      assert.deepEqual([...inputs.keys()].sort(), Object.keys(object.inputs).sort());
      assert.deepEqual(outputFilter, object.output_filter);
    }),
  );
});

test('whatever the bytes, the answer is a request or MalformedMessage', () => {
  const valid = requestObject.map((object) => Buffer.from(REQUEST.encode(REQUEST.fromObject(object)).finish()));
  const damaged = fc.tuple(valid, fc.nat(), fc.nat(255), fc.nat()).map(([bytes, at, value, cut]) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[at % copy.length] = value;
    return copy.subarray(0, cut % 4 === 0 ? cut % (copy.length + 1) : copy.length);
  });
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array({ maxLength: 40 })), (bytes) => {
      try {
        readPredictRequest(bytes);
      } catch (error) {
        assert.ok(error instanceof MalformedMessage, String(error));
      }
    }),
    { numRuns: 5000 },
  );
});

const numericTensor = fc
  .record({
    dtype: fc.constantFrom(...NUMERIC),
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
    seed: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  })
  .map(({ dtype, shape, seed }): TensorValue => {
    const bytes = shape.reduce((product, size) => product * size, 1) * ELEMENT_BYTES[dtype];
    const data = Uint8Array.from({ length: bytes }, (_, index) =>
      dtype === 'bool' ? (seed[index % 16] ?? 0) % 2 : ((seed[index % 16] ?? 0) * (index + 1)) % 256,
    );
    return { dtype, shape, data };
  });
const stringTensor = fc
  .array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 })
  .map((strings): TensorValue => ({ dtype: 'string', shape: [strings.length], strings }));

test('a tensor that was written reads back the same, in both notations', () => {
  fc.assert(
    fc.property(fc.oneof(numericTensor, stringTensor), fc.boolean(), (tensor, asContent) => {
      const writer = new ReverseWriter(16);
      writeTensor(writer, tensor, asContent);
      const bytes = writer.finish();
      const back = readTensor(new WireReader(bytes));
      assert.deepEqual(comparable(back), comparable(tensor));
      // and protobufjs writes the same bytes for the same message
      assert.equal(Buffer.from(TENSOR.encode(TENSOR.decode(bytes)).finish()).toString('hex'), bytes.toString('hex'));
    }),
    { numRuns: 2000 },
  );
});

function comparable(tensor: TensorValue | undefined): unknown {
  if (tensor === undefined) return undefined;
  const { dtype, shape } = tensor;
  const content =
    tensor.dtype === 'string'
      ? tensor.strings.map((bytes) => Buffer.from(bytes).toString('hex'))
      : Buffer.from(tensor.data).toString('hex');
  return { dtype, shape, content };
}

test('outputs keep their order and 64-bit versions their digits', () => {
  const data = Buffer.alloc(4);
  const outputs = new Map<string, TensorValue>(
    ['b', 'a', 'c'].map((alias) => [alias, { dtype: 'int32', shape: [1], data }]),
  );
  const bytes = writePredictResponse({ name: 'm', version: 9007199254740993n, signatureName: 's', outputs }, false);
  const plain = RESPONSE.toObject(RESPONSE.decode(bytes), { longs: String }) as {
    outputs: object;
    model_spec: { version: { value: string } };
  };
  assert.deepEqual(Object.keys(plain.outputs), ['b', 'a', 'c']);
  assert.equal(plain.model_spec.version.value, '9007199254740993');
});
