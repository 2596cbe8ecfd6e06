import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import type { JsonTensor } from '@serving-study/tfserving-json';
import { examplesRequestBytes } from './examples-message.js';
import { predictRequestBytes, predictResponseFromBytes } from './predict-message.js';
import { classificationsFromBytes, regressionsFromBytes } from './results-message.js';
import { signatureDefsJson } from './signature-defs.js';

/** The other end: protobufjs with the message definitions. */
function decode(type: string, bytes: Uint8Array): unknown {
  const message = loadMessages().lookupType(`tensorflow.serving.${type}`);
  return JSON.parse(
    JSON.stringify(message.toObject(message.decode(bytes), { longs: String, enums: String, bytes: String })),
  );
}

function encode(type: string, value: object): Uint8Array {
  const message = loadMessages().lookupType(`tensorflow.serving.${type}`);
  return message.encode(message.fromObject(value)).finish();
}

const base64 = (data: ArrayBufferView): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
const bytes = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

describe('PredictRequest', () => {
  it('carries numbers as tensor_content and strings as they are', () => {
    const floats = Float32Array.of(1, -0, 3.5, Number.NaN, 5, 6);
    const tensors = new Map<string, JsonTensor>([
      ['x', { dtype: 'float', shape: [2, 3], data: bytes(floats) }],
      ['s', { dtype: 'string', shape: [2], strings: [Buffer.from('a'), Buffer.of(0xff, 0)] }],
      ['none', { dtype: 'int64', shape: [0], data: new Uint8Array(0) }],
      ['scalar', { dtype: 'bool', shape: [], data: Uint8Array.of(1) }],
    ]);
    assert.deepEqual(
      decode(
        'PredictRequest',
        predictRequestBytes({ name: 'm', version: { value: '9007199254740993' } }, 'sig', tensors),
      ),
      {
        model_spec: { name: 'm', version: { value: '9007199254740993' }, signature_name: 'sig' },
        inputs: {
          x: {
            dtype: 'DT_FLOAT',
            tensor_shape: { dim: [{ size: '2' }, { size: '3' }] },
            tensor_content: base64(floats),
          },
          s: { dtype: 'DT_STRING', tensor_shape: { dim: [{ size: '2' }] }, string_val: ['YQ==', '/wA='] },
          none: { dtype: 'DT_INT64', tensor_shape: { dim: [{ size: '0' }] } },
          scalar: { dtype: 'DT_BOOL', tensor_shape: {}, tensor_content: 'AQ==' },
        },
      },
    );
  });

  it('names labels and leaves out what is not asked for', () => {
    assert.deepEqual(
      decode('PredictRequest', predictRequestBytes({ name: 'm', version_label: 'stable' }, '', new Map())),
      {
        model_spec: { name: 'm', version_label: 'stable' },
      },
    );
  });
});

describe('PredictResponse', () => {
  const shape = { dim: [{ size: 3 }] };
  const cases: [dtype: string, field: object, data: ArrayBufferView][] = [
    ['DT_FLOAT', { float_val: [1, 2.5, -3] }, Float32Array.of(1, 2.5, -3)],
    ['DT_DOUBLE', { double_val: [0.1, 1e300, -1] }, Float64Array.of(0.1, 1e300, -1)],
    ['DT_INT32', { int_val: [1, -2, 2147483647] }, Int32Array.of(1, -2, 2147483647)],
    ['DT_INT16', { int_val: [1, -2, 300] }, Int16Array.of(1, -2, 300)],
    ['DT_INT8', { int_val: [1, -2, 127] }, Int8Array.of(1, -2, 127)],
    ['DT_UINT8', { int_val: [1, 2, 255] }, Uint8Array.of(1, 2, 255)],
    ['DT_INT64', { int64_val: ['1', '-2', '9007199254740993'] }, BigInt64Array.of(1n, -2n, 9007199254740993n)],
    ['DT_UINT64', { uint64_val: ['1', '18446744073709551615', '0'] }, BigUint64Array.of(1n, 18446744073709551615n, 0n)],
    ['DT_UINT32', { uint32_val: [1, 4294967295, 0] }, Uint32Array.of(1, 4294967295, 0)],
    ['DT_BOOL', { bool_val: [true, false, true] }, Uint8Array.of(1, 0, 1)],
    ['DT_FLOAT', { tensor_content: bytes(Float32Array.of(7, 8, 9)) }, Float32Array.of(7, 8, 9)],
  ];
  for (const [dtype, field, data] of cases)
    it(`reads ${dtype} out of ${Object.keys(field).join()}`, () => {
      const response = {
        model_spec: { name: 'm', version: { value: 7 } },
        outputs: { y: { dtype, tensor_shape: shape, ...field } },
      };
      const { outputs, version } = predictResponseFromBytes(encode('PredictResponse', response));
      assert.equal(version, '7');
      const [name] = outputs.keys();
      assert.equal(name, 'y');
      const tensor = outputs.get('y');
      assert.ok(tensor !== undefined && 'data' in tensor);
      assert.deepEqual(tensor.shape, [3]);
      assert.deepEqual(Buffer.from(tensor.data), Buffer.from(bytes(data)));
    });

  it('reads strings, also those in tensor_content', () => {
    const strings = [Buffer.from('ab'), Buffer.alloc(0), Buffer.alloc(200, 'x')];
    const content = Buffer.concat([Buffer.of(2, 0, 0xc8, 1), ...strings]);
    for (const field of [{ string_val: strings }, { tensor_content: content }]) {
      const { outputs } = predictResponseFromBytes(
        encode('PredictResponse', { outputs: { s: { dtype: 'DT_STRING', tensor_shape: shape, ...field } } }),
      );
      const tensor = outputs.get('s');
      assert.ok(tensor !== undefined && 'strings' in tensor);
      assert.deepEqual(
        tensor.strings.map((text) => Buffer.from(text)),
        strings,
      );
    }
  });

  it('passes over what it does not know', () => {
    const unknown = Buffer.of((15 << 3) | 2, 1, 0, (14 << 3) | 0, 5);
    const { outputs, version } = predictResponseFromBytes(
      Buffer.concat([unknown, encode('PredictResponse', { outputs: { y: { dtype: 'DT_HALF', half_val: [1] } } })]),
    );
    assert.equal(version, undefined);
    assert.deepEqual([...outputs.keys()], ['y']);
  });
});

describe('Classify and Regress', () => {
  it('carry serialized examples, with and without a context', () => {
    const example = loadMessages().lookupType('tensorflow.Example');
    const one = example
      .encode(example.fromObject({ features: { feature: { x: { float_list: { value: [0.5] } } } } }))
      .finish();
    const json = { features: { feature: { x: { float_list: { value: [0.5] } } } } };
    assert.deepEqual(
      decode(
        'ClassificationRequest',
        examplesRequestBytes({ name: 'm' }, { signatureName: 's', examples: [one, one], context: undefined }),
      ),
      {
        model_spec: { name: 'm', signature_name: 's' },
        input: { example_list: { examples: [json, json] } },
      },
    );
    assert.deepEqual(
      decode(
        'RegressionRequest',
        examplesRequestBytes({ name: 'm' }, { signatureName: '', examples: [one], context: one }),
      ),
      {
        model_spec: { name: 'm' },
        input: { example_list_with_context: { examples: [json], context: json } },
      },
    );
  });

  it('read their results', () => {
    const classes = [{ label: 'a', score: 0.5 }, { score: 0.25 }];
    const response = { result: { classifications: [{ classes }, {}] }, model_spec: { version: { value: 3 } } };
    const { classifications, version } = classificationsFromBytes(encode('ClassificationResponse', response));
    assert.equal(version, '3');
    assert.deepEqual(
      classifications.map((each) => each.map(({ label, score }) => [Buffer.from(label).toString(), score])),
      [
        [
          ['a', 0.5],
          ['', 0.25],
        ],
        [],
      ],
    );
    const regression = { result: { regressions: [{ value: 1.5 }, {}] }, model_spec: { version: { value: 3 } } };
    assert.deepEqual(regressionsFromBytes(encode('RegressionResponse', regression)), {
      values: [1.5, 0],
      version: '3',
    });
  });
});

describe('SignatureDefMap', () => {
  it('is written as JSON with every field in the order of the numbers', () => {
    const x = { name: 'x:0', dtype: 'DT_INT64', tensor_shape: { dim: [{ size: -1 }] } };
    const map = encode('SignatureDefMap', {
      signature_def: { s: { inputs: { x }, outputs: { y: { dtype: 'DT_HALF' } }, method_name: 'm' } },
    });
    const tensorInfo = {
      name: 'x:0',
      dtype: 'DT_INT64',
      tensor_shape: { dim: [{ size: '-1', name: '' }], unknown_rank: false },
    };
    const expected = {
      s: { inputs: { x: tensorInfo }, outputs: { y: { dtype: 'DT_HALF' } }, method_name: 'm', defaults: {} },
    };
    assert.equal(JSON.stringify(signatureDefsJson(map)), JSON.stringify(expected));
  });
});
