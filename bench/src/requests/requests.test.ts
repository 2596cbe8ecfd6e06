import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadMessages } from '@serving-study/protos';
import fc from 'fast-check';
import { jsonFromFloat32 } from './json-number.js';
import { elementsOf, floatGolden, type FloatCases } from './index.js';

const golden: FloatCases = {
  model: 'm',
  version: 2,
  inputAlias: 'x',
  outputAlias: 'y',
  instanceShape: [2, 1],
  cases: [
    { input: Float32Array.of(0, 0.5), expected: Float32Array.of(1) },
    { input: Float32Array.of(1 / 255, 1), expected: Float32Array.of(2) },
  ],
};

describe('requests', () => {
  it('writes numbers that read back as the same float32', () => {
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        (value) => Math.fround(Number(jsonFromFloat32(value))) === Math.fround(value),
      ),
    );
    assert.equal(jsonFromFloat32(1 / 255), '0.003921569');
  });

  it('nests instances as the shape says and wraps around the cases', () => {
    const [first, second] = floatGolden(golden).prepare({ batch: 2, payload: 'json' });
    assert.equal(first?.body.toString(), '{"instances":[[[0],[0.5]],[[0.003921569],[1]]]}');
    assert.deepEqual(
      second?.outputs.flatMap(({ tensor }) => Array.from(elementsOf(tensor))),
      [2, 1],
    );
  });

  it('are made once for a condition, and again for another or for another set', () => {
    const set = floatGolden(golden);
    const one = set.prepare({ batch: 1, payload: 'json' });
    assert.equal(set.prepare({ batch: 1, payload: 'json' }), one);
    assert.notEqual(set.prepare({ batch: 2, payload: 'json' }), one);
    assert.notEqual(floatGolden({ ...golden, instanceShape: [1, 2] }).prepare({ batch: 1, payload: 'json' }), one);
  });

  it('carries the same numbers in tensor_content and in float_val', () => {
    const type = loadMessages().lookupType('tensorflow.serving.PredictRequest');
    const tensors = (['tensor-content', 'float-val'] as const).map((payload) => {
      const [request] = floatGolden(golden).prepare({ batch: 1, payload });
      const message = type.toObject(type.decode(request?.body ?? Buffer.alloc(0))) as {
        inputs: { x: { tensor_content?: Buffer; float_val?: number[] } };
      };
      return message.inputs.x;
    });
    const content = Buffer.from(tensors[0]?.tensor_content ?? []);
    assert.deepEqual([content.readFloatLE(0), content.readFloatLE(4)], tensors[1]?.float_val);
  });

  it('carries the same bytes as base64 where the model takes them', () => {
    const [request] = floatGolden({ ...golden, bytesSignature: 'raw' }).prepare({ batch: 2, payload: 'base64' });
    const { signature_name, instances } = JSON.parse(request?.body.toString() ?? '') as {
      signature_name: string;
      instances: { b64: string }[];
    };
    assert.equal(signature_name, 'raw');
    const floats = instances.map(({ b64 }) => [0, 4].map((at) => Buffer.from(b64, 'base64').readFloatLE(at)));
    assert.deepEqual(floats, [
      [0, 0.5],
      [Math.fround(1 / 255), 1],
    ]);
  });

  it('refuses what no contestant could read', () => {
    assert.throws(() => floatGolden(golden).prepare({ batch: 1, payload: 'base64' }), /no signature that takes bytes/);
  });
});
