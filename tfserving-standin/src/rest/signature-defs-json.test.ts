import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import { signatureDefsJson } from './signature-defs-json.js';

describe('signatures as JSON', () => {
  it('have every field of the real server, in its order', () => {
    const type = loadMessages().lookupType('tensorflow.serving.SignatureDefMap');
    const tensor = { name: 'x:0', dtype: 1, tensor_shape: { dim: [{ size: -1 }, { size: '9007199254740993' }] } };
    const unknown = { name: 'y:0', dtype: 0, tensor_shape: { unknown_rank: true } };
    const map = {
      signature_def: {
        s: {
          inputs: { x: tensor },
          outputs: { y: unknown },
          method_name: 'm',
          defaults: { x: { dtype: 1, tensor_shape: {}, float_val: [10], tensor_content: Buffer.from('ab') } },
        },
      },
    };
    const json = signatureDefsJson(type.encode(type.fromObject(map)).finish());
    assert.deepEqual(json, {
      s: {
        inputs: {
          x: {
            name: 'x:0',
            dtype: 'DT_FLOAT',
            tensor_shape: {
              dim: [
                { size: '-1', name: '' },
                { size: '9007199254740993', name: '' },
              ],
              unknown_rank: false,
            },
          },
        },
        outputs: { y: { name: 'y:0', dtype: 'DT_INVALID', tensor_shape: { dim: [], unknown_rank: true } } },
        method_name: 'm',
        defaults: {
          x: {
            dtype: 'DT_FLOAT',
            tensor_shape: { dim: [], unknown_rank: false },
            version_number: 0,
            tensor_content: 'YWI=',
            float_val: [10],
            double_val: [],
            int_val: [],
            string_val: [],
            scomplex_val: [],
            int64_val: [],
            bool_val: [],
            dcomplex_val: [],
            half_val: [],
            resource_handle_val: [],
            variant_val: [],
            uint32_val: [],
            uint64_val: [],
            float8_val: '',
          },
        },
      },
    });
    assert.deepEqual(Object.keys(json.s), ['inputs', 'outputs', 'method_name', 'defaults']);
  });

  it('are none in an empty map', () => {
    assert.deepEqual(signatureDefsJson(new Uint8Array(0)), {});
  });
});
