import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { findModel, modelBasePath, readManifest } from '../models/index.js';
import { startFleet, type Fleet } from './fleet.js';
import type { Launch, RunningInstance } from './instance.js';
import { findServing } from './serving/find-serving.js';
import { whatIsWrong } from './what-is-wrong.js';

const ignore = (): void => undefined;
let folder: string;
let fleet: Fleet;
let launch: Launch;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleet-'));
  fleet = startFleet(await findServing({ standinOnly: true, image: '', onProgress: ignore }), folder, ignore);
  const modelPath = modelBasePath(findModel(await readManifest(), 'mlp-10k'));
  launch = { model: 'mlp-10k', modelVersion: 1, modelBasePath: modelPath, factors: { replicas: 2, intraOpThreads: 1 } };
});
after(async () => {
  await fleet.stop();
  await rm(folder, { recursive: true });
});

it('starts a proxy with its replicas, and keeps them together', async () => {
  const proxy = await fleet.instance('proxy-grpc', launch);
  assert.deepEqual(
    proxy.processes.map(({ name }) => name),
    ['proxy-grpc', 'tfserving-standin', 'tfserving-standin'],
  );
  await fleet.keepOnly([launch]);
  assert.equal(await fleet.instance('proxy-grpc', launch), proxy);
  assert.deepEqual(await statusesOfThree(proxy), [200, 200, 200]);
});

it('counts a first answer as a cold start only for whoever saw its processes start', async () => {
  const single = { ...launch, factors: {} };
  const [proxy, direct] = [await fleet.instance('proxy-rest', single), await fleet.instance('direct-rest', single)];
  assert.deepEqual([proxy.startedAll, direct.startedAll], [true, false]);
});

for (const signal of ['SIGKILL', 'SIGSTOP'] as const)
  it(`gives those behind a model server another one after ${signal}`, async () => {
    const single = { ...launch, factors: {} };
    const before = await fleet.instance('proxy-rest', single);
    const served = before.processes.find(({ name }) => name === 'tfserving-standin');
    assert.ok(served !== undefined);
    process.kill(served.pid, signal);
    if (signal === 'SIGKILL') {
      // Its memory is given back first: that takes a moment.
      let wrong: string | undefined;
      while (wrong === undefined) wrong = await whatIsWrong(before);
      assert.match(wrong, /the process tfserving-standin \(\d+\) has ended|takes no connections/);
    }
    const proxy = await fleet.restart('proxy-rest', single);
    const direct = await fleet.restart('direct-rest', single);
    assert.equal(await whatIsWrong(proxy), undefined);
    assert.deepEqual(direct.processes, proxy.processes.slice(1));
    assert.ok(direct.processes.every(({ pid }) => pid !== served.pid));
  });

it('stops what no launch wants', async () => {
  const { processes } = await fleet.instance('proxy-grpc', launch);
  await fleet.keepOnly([{ ...launch, factors: {} }]);
  for (const { pid } of processes) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

/** One more than there are replicas, so that each is asked. */
async function statusesOfThree({ target }: RunningInstance): Promise<number[]> {
  assert.ok(target.kind === 'rest');
  const statuses = [];
  for (let asked = 0; asked < 3; asked += 1)
    statuses.push((await fetch(`${target.url}/v1/models/${launch.model}/metadata`)).status);
  return statuses;
}
