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
    const data = new Uint8Array(4 * 28 * 28);
    const inputs = [new Map([['image', { dtype: 'float' as const, shape: [1, 28, 28, 1], data }]])];
    const order = { signature: 'serving_default', concurrency: 1, warmupMs: 0, durationMs: 1, inputs };
    const { doneAtNs } = await loop.run(order);
    assert.ok((doneAtNs[0] ?? 0) > 1e6, 'one run, which ends after the window');
  } finally {
    await loop.stop();
  }
});

it('the bare engine can be stopped after its process has died, and says that it has', async () => {
  const loop = await startEngineLoop(launch);
  process.kill(loop.pid, 'SIGKILL');
  const order = { signature: 'serving_default', concurrency: 1, warmupMs: 0, durationMs: 50, inputs: [] };
  await assert.rejects(loop.run(order), /the bare engine ended by SIGKILL/);
  await loop.stop();
});
