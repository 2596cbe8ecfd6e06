import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { PROJECT_ROOT } from '../models/project-root.js';
import { startEngineLoop } from './engine-loop.js';

it('the bare engine can be stopped after its process has died, and says that it has', async () => {
  const loop = await startEngineLoop({
    model: 'fashion-cnn',
    modelBasePath: join(PROJECT_ROOT, 'models', 'fashion-cnn'),
    modelVersion: 2,
    factors: {},
  });
  process.kill(loop.pid, 'SIGKILL');
  const order = { signature: 'serving_default', concurrency: 1, warmupMs: 0, durationMs: 50, inputs: [] };
  await assert.rejects(loop.run(order), /the bare engine ended by SIGKILL/);
  await loop.stop();
});
