import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { PROJECT_ROOT } from '../models/project-root.js';
import { startEngineLoop } from './engine-loop.js';

const launch = {
  model: 'fashion-cnn',
  modelBasePath: join(PROJECT_ROOT, 'models', 'fashion-cnn'),
  modelVersion: 2,
  factors: {},
};

it('a run of the bare engine belongs to the window that it was begun in, wherever it ends', async () => {
  const loop = await startEngineLoop(launch);
  try {
    // A batch that no machine runs within the window's 20 ms.
    const data = new Uint8Array(2048 * 4 * 28 * 28);
    const inputs = [new Map([['image', { dtype: 'float' as const, shape: [2048, 28, 28, 1], data }]])];
    const order = {
      signature: 'serving_default',
      concurrency: 1,
      warmupMs: 0,
      durationMs: 20,
      timeoutMs: 60_000,
      inputs,
    };
    const { sentAtNs, doneAtNs } = await loop.run(order);
    assert.equal(doneAtNs.length, 1);
    assert.ok((sentAtNs[0] ?? Infinity) < 20e6 && (doneAtNs[0] ?? 0) > 20e6, 'begun in the window, ended after it');
  } finally {
    await loop.stop();
  }
});

it('the bare engine can be stopped after its process has died, and says that it has', async () => {
  const loop = await startEngineLoop(launch);
  process.kill(loop.pid, 'SIGKILL');
  const order = {
    signature: 'serving_default',
    concurrency: 1,
    warmupMs: 0,
    durationMs: 50,
    timeoutMs: 60_000,
    inputs: [],
  };
  await assert.rejects(loop.run(order), /the bare engine ended by SIGKILL/);
  await loop.stop();
});
