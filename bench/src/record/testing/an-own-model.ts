import type { OwnModel } from '../own-model.js';

/** A user's model with images in and classes out, a millisecond for each, but for what is told. */
export function anOwnModel(told: Partial<OwnModel> = {}): OwnModel {
  return {
    name: 'mine',
    version: 1,
    path: '/models/mine',
    signature: 'serving_default',
    sha256: { model: '0', requests: null, update: null },
    otherSignatures: [],
    inputs: [{ alias: 'image', dtype: 'float', shape: [-1, 8, 8] }],
    outputs: [{ alias: 'classes', dtype: 'float', shape: [-1, 10] }],
    parameters: 1000,
    bytes: 10_000,
    requests: { kind: 'generated', used: 16, of: 16, from: 'numbers from 0 to 1', jsonBytes: 1300, grpcBytes: 300 },
    tensorflow: '2.21.0',
    predictionMs: { one: 1, more: 1 },
    payloads: ['json', 'tensor-content', 'float-val'],
    varies: [],
    update: { version: 2, path: null, answersAlike: true },
    ...told,
  };
}
