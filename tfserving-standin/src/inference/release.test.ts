import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Signature, SignatureTensor, TensorValue } from '@serving-study/runtime';
import type { ModelManager } from '../core.js';
import { classify, multiInference, predict, regress } from './index.js';

const tensor = (tensorName: string): SignatureTensor => ({ tensorName, dtype: 'float', shape: undefined });
const signature: Signature = {
  methodName: 'tensorflow/serving/regress',
  inputs: new Map([['inputs', tensor('in:0')]]),
  outputs: new Map([['outputs', tensor('out:0')]]),
};
const spec = { name: 'm', choice: { kind: 'latest' } } as const;
const value: TensorValue = { dtype: 'float', shape: [1], data: new Uint8Array(4) };
const examples = [Buffer.alloc(0)];
const tasks = [{ spec, signatureName: 's', methodName: 'tensorflow/serving/regress' }];

/** A model that counts the versions held and answers every run with `outcome`. */
function counting(outcome: () => Promise<TensorValue[]>): { manager: ModelManager; held: () => number } {
  let held = 0;
  const acquire: ModelManager['acquire'] = ({ name }) => {
    held += 1;
    const release = (): void => {
      held -= 1;
    };
    const signatures = new Map([['s', signature]]);
    return { name, version: 1n, signatures, signatureDefMap: new Uint8Array(0), run: outcome, release };
  };
  return { manager: { acquire, status: () => [] }, held: () => held };
}

test('a version is held during the run and released once, whatever comes of it', async () => {
  for (const fails of [false, true]) {
    const heldDuringRuns: number[] = [];
    const { manager, held } = counting(() => {
      heldDuringRuns.push(held());
      return fails ? Promise.reject(new Error('the run failed')) : Promise.resolve([value]);
    });
    const inputs = new Map([['inputs', () => value]]);
    const calls = [
      () => predict(manager, { spec, signatureName: 's', inputs, timeoutMs: 0 }),
      () => regress(manager, { spec, signatureName: 's', examples, timeoutMs: 0 }),
      () => multiInference(manager, { tasks, examples, timeoutMs: 0 }),
    ];
    for (const call of calls) {
      if (fails) await assert.rejects(call(), /the run failed/);
      else await call();
      assert.equal(held(), 0);
    }
    assert.deepEqual(heldDuringRuns, [1, 1, 1]);
  }
});

test('a version is released when the request is refused before the run', async () => {
  const { manager, held } = counting(() => Promise.resolve([value]));
  const refused = [
    () => predict(manager, { spec, signatureName: 'none', inputs: new Map(), timeoutMs: 0 }),
    () => predict(manager, { spec, signatureName: 's', inputs: new Map(), timeoutMs: 0 }),
    () => classify(manager, { spec, signatureName: 's', examples, timeoutMs: 0 }),
    () => regress(manager, { spec, signatureName: 's', examples: [], timeoutMs: 0 }),
    () => multiInference(manager, { tasks: [...tasks, ...tasks], examples, timeoutMs: 0 }),
  ];
  for (const call of refused) await assert.rejects(call());
  assert.equal(held(), 0);
  await assert.rejects(
    multiInference(manager, { tasks: [], examples, timeoutMs: 0 }),
    /ModelSpec has no name specified/,
  );
  assert.equal(held(), 0);
});
