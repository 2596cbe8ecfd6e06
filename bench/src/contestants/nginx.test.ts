import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { findModel, modelBasePath, readGolden, readManifest } from '../models/index.js';
import { floatGolden } from '../requests/index.js';
import { isAlive, processTree } from '../resources/index.js';
import { checkParity } from '../run/parity.js';
import { contestantById } from './catalogue.js';
import { startFleet, type Fleet } from './fleet.js';
import type { Launch, RunningInstance } from './instance.js';
import { lookForNginx } from './nginx.js';
import { findServing } from './serving/find-serving.js';
import { whatIsWrong } from './what-is-wrong.js';

const ignore = (): void => undefined;
const missing = contestantById('nginx-rest').missing?.();

describe('nginx in front of the model server', { skip: missing ?? false }, () => {
  let folder: string;
  let fleet: Fleet;
  let launch: Launch;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nginx-test-'));
    fleet = startFleet(await findServing({ standinOnly: true, image: '', onProgress: ignore }), folder, ignore);
    const modelPath = modelBasePath(findModel(await readManifest(), 'mlp-10k'));
    launch = { model: 'mlp-10k', modelVersion: 1, modelBasePath: modelPath, factors: {} };
  });
  after(async () => {
    await fleet.stop();
    await rm(folder, { recursive: true });
  });
  const nginxOf = ({ processes }: RunningInstance): number[] => {
    const master = processes.find(({ name }) => name === 'nginx');
    assert.ok(master !== undefined);
    return processTree(master.pid);
  };
  const configurationOf = ({ contestant }: RunningInstance): string => / -p (\S+)/.exec(contestant.command)?.[1] ?? '';

  for (const protocol of ['rest', 'grpc'] as const)
    it(`passes ${protocol} on, and leaves nothing behind`, async () => {
      const instance = await fleet.instance(`nginx-${protocol}`, launch);
      assert.equal(
        (await checkParity(instance, floatGolden(await readGolden(findModel(await readManifest(), 'mlp-10k'), 1))))
          .parity.outcome,
        'same',
      );
      const pids = nginxOf(instance);
      assert.ok(pids.length >= 2, 'a master and its workers');
      assert.ok(existsSync(configurationOf(instance)));
      await instance.stop();
      assert.deepEqual(pids.filter(isAlive), []);
      assert.ok(!existsSync(configurationOf(instance)));
    });

  it('is noticed when it dies, and its workers end with it', async () => {
    const instance = await fleet.restart('nginx-rest', launch);
    const pids = nginxOf(instance);
    process.kill(pids[0] ?? 0, 'SIGKILL');
    let wrong: string | undefined;
    while (wrong === undefined) wrong = await whatIsWrong(instance);
    assert.match(wrong, /the process nginx \(\d+\) has ended/);
    const again = await fleet.restart('nginx-rest', launch);
    assert.equal(await whatIsWrong(again), undefined);
    // The kernel tells the workers: that takes a moment.
    while (pids.some(isAlive)) await setTimeout(10);
    await again.stop();
  });

  it('ends with a study that is killed', async () => {
    const { restUrl, grpcAddress } = await serving();
    const script = `
      const { nginx } = await import(${JSON.stringify(new URL('./nginx.js', import.meta.url).href)});
      const started = await nginx('rest').start(${JSON.stringify(launch)}, {
        serving: async () => (${JSON.stringify({ restUrl, grpcAddress, processes: [], readyMs: 0, startedHere: true })}),
        servingIsStandin: true,
        logFile: ${JSON.stringify(join(folder, 'killed.log'))},
      });
      console.log(started.processes[0].pid);`;
    const study = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(study.stdout, 'data')) as [Buffer];
    const pids = processTree(Number(line.toString()));
    assert.ok(pids.length >= 2);
    study.kill('SIGKILL');
    // As above: the kernel tells nginx, which then ends its workers.
    while (pids.some(isAlive)) await setTimeout(10);
  });

  async function serving(): Promise<{ readonly restUrl: string; readonly grpcAddress: string }> {
    const [rest, grpc] = [await fleet.instance('direct-rest', launch), await fleet.instance('direct-grpc', launch)];
    assert.ok(rest.target.kind === 'rest' && grpc.target.kind === 'grpc');
    return { restUrl: rest.target.url, grpcAddress: grpc.target.address };
  }
});

it('says how to get it where it is not', () => {
  const nowhere = lookForNginx(['/nonexistent/nginx'], '/nonexistent/docker');
  assert.deepEqual(nowhere, { reason: 'there is neither nginx nor a container engine: apt-get install nginx' });
  assert.equal(lookForNginx([process.execPath]), process.execPath);
});
