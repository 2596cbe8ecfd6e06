import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { findModel, modelBasePath, readManifest } from '../../models/index.js';
import type { Launch } from '../instance.js';
import { findContainer } from './container-serving.js';
import { docker } from './docker.js';
import { recognise } from './recognise.js';
import type { Serving } from './serving-process.js';

const IMAGE = process.env['TFSERVING_IMAGE'];
/** Within it every server of the study starts, TensorFlow Serving too. */
const MEMORY_MB = 768;

async function withImage(
  t: TestContext,
  use: (serving: Serving, launch: Launch, logs: string) => Promise<void>,
): Promise<void> {
  if (IMAGE === undefined) {
    t.skip('TFSERVING_IMAGE names no image to start; it takes a container engine too');
    return;
  }
  const found = await findContainer(IMAGE, () => undefined);
  assert.ok('serving' in found, 'reason' in found ? found.reason : '');
  const model = 'fashion-cnn';
  const basePath = modelBasePath(findModel(await readManifest(), model));
  const factors = { cpus: '0', memoryMb: MEMORY_MB };
  const logs = await mkdtemp(join(tmpdir(), 'container-test-'));
  const before = await containers(IMAGE);
  try {
    await use(found.serving, { model, modelVersion: 2, modelBasePath: basePath, factors }, logs);
    assert.deepEqual(await containers(IMAGE), before);
  } finally {
    await rm(logs, { recursive: true });
  }
}

async function containers(image: string): Promise<string[]> {
  return (await docker(['ps', '--all', '--no-trunc', '--filter', `ancestor=${image}`, '--format', '{{.ID}}'])).split(
    '\n',
  );
}

it('starts an image with the limits of the launch, for this machine alone, and leaves no container behind', (t) =>
  withImage(t, async (serving, launch, logs) => {
    const logFile = join(logs, 'server.log');
    const server = await serving.start(launch, logFile);
    try {
      const name = /--name=(\S+)/.exec(server.command)?.[1] ?? '';
      const format = '{{.HostConfig.CpusetCpus}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}';
      const memory = MEMORY_MB * 2 ** 20;
      assert.equal(await docker(['inspect', '--format', format, name]), `0 ${memory} ${memory}`);
      const published = (await docker(['port', name])).split('\n');
      assert.ok(published.length === 2 && published.every((port) => port.includes('-> 127.0.0.1:')), published.join());
      const status = await fetch(`${server.restUrl}/v1/models/${launch.model}`);
      assert.match(await status.text(), /"state": "AVAILABLE"/);
      assert.equal((await recognise(server.restUrl)).kind === 'stand-in', serving.source.kind === 'stand-in');
    } finally {
      await server.stop();
    }
    assert.match(await readFile(logFile, 'utf8'), /Running gRPC ModelServer/);
  }));

it('leaves no container behind where the server does not start', (t) =>
  withImage(t, async (serving, launch, logs) => {
    const nothing = { ...launch, modelBasePath: logs };
    const memory = { ...nothing, factors: { ...launch.factors, memoryMb: 1 } };
    await assert.rejects(serving.start(memory, join(logs, 'server.log')), /ended with exit code/);
  }));

it('gives the next source the reason where no container can be had', async () => {
  const found = await findContainer('serving-study.invalid/nothing:1', () => undefined);
  assert.match(
    'reason' in found ? found.reason : 'found',
    /^no container engine \(.+\)$|^the image \S+ is not here and cannot be pulled \(.+\)$/,
  );
});
