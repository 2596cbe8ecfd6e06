import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { getContainerRuntimeClient } from 'testcontainers';
import { findModel, modelBasePath, readManifest } from '../../models/index.js';
import { findContainer } from './container-serving.js';

const IMAGE = process.env['TFSERVING_IMAGE'];
/** Within it every server of the study starts, TensorFlow Serving too. */
const MEMORY_MB = 768;

it('starts an image with the limits of the launch, and leaves no container behind', async (t) => {
  if (IMAGE === undefined) {
    t.skip('TFSERVING_IMAGE names no image to start; it takes a container engine too');
    return;
  }
  const found = await findContainer(IMAGE, () => undefined);
  assert.ok('serving' in found, 'reason' in found ? found.reason : '');
  const logs = await mkdtemp(join(tmpdir(), 'container-test-'));
  const logFile = join(logs, 'server.log');
  try {
    const model = 'fashion-cnn';
    const basePath = modelBasePath(findModel(await readManifest(), model));
    const launch = {
      model,
      modelVersion: 2,
      modelBasePath: basePath,
      factors: { cpus: '0', memoryMb: MEMORY_MB },
    };
    const { dockerode } = (await getContainerRuntimeClient()).container;
    const containers = async (): Promise<string[]> =>
      (await dockerode.listContainers({ filters: { ancestor: [IMAGE] } })).map(({ Id }) => Id);
    const before = await containers();
    const server = await found.serving.start(launch, logFile);
    try {
      const [own = ''] = (await containers()).filter((id) => !before.includes(id));
      const { HostConfig: limits } = await dockerode.getContainer(own).inspect();
      const memory = MEMORY_MB * 2 ** 20;
      assert.deepEqual([limits.CpusetCpus, limits.Memory, limits.MemorySwap], ['0', memory, memory]);
      const status = await fetch(`${server.restUrl}/v1/models/${model}`);
      assert.match(await status.text(), /"state": "AVAILABLE"/);
    } finally {
      await server.stop();
    }
    assert.deepEqual(await containers(), before);
    assert.match(await readFile(logFile, 'utf8'), /Running gRPC ModelServer/);
  } finally {
    await rm(logs, { recursive: true });
  }
});
