import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ServerProcess } from '../conformance/server-process.js';
import { startStandin } from './contestants.js';
import { PROGRAMS } from './programs.js';
import { startService, type ServiceProcess } from './service-process.js';
import { until } from './until.js';

const HALF_PLUS_TWO = fileURLToPath(new URL('../../conformance/models/half_plus_two/', import.meta.url));
const ASKED = 40;

/** Two model servers that can be told apart: what the second calls version 1 gives other answers. */
for (const upstream of ['grpc', 'rest'] as const)
  describe(`replicas behind the proxy by ${upstream}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-replicas-'));
    let servers: readonly ServerProcess[];
    let proxy: ServiceProcess;
    before(async () => {
      for (const version of ['1', '2'])
        cpSync(join(HALF_PLUS_TWO, version), join(folder, `server${version}`, '1'), { recursive: true });
      servers = await Promise.all(
        ['server1', 'server2'].map((name) => startStandin({ name: 'm', basePath: join(folder, name) })),
      );
      proxy = await startService(PROGRAMS.proxy, {
        STUDY_UPSTREAM: upstream,
        STUDY_TFSERVING_GRPC: servers.map(({ host, grpcPort }) => `${host}:${grpcPort}`).join(),
        STUDY_TFSERVING_REST: servers.map(({ host, restPort }) => `http://${host}:${restPort}`).join(),
      });
      await until(
        async () => (await isReady(proxy)) && (await countAnswers(proxy)).size === 2,
        'both replicas are connected',
      );
    });
    after(async () => {
      await proxy.stop();
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(folder, { recursive: true });
    });

    it('answer in turn', async () => {
      assert.deepEqual(
        await countAnswers(proxy),
        new Map([
          ['1', ASKED / 2],
          ['2', ASKED / 2],
        ]),
      );
    });

    it('keep the proxy serving when one is gone', async () => {
      await servers[0]?.stop();
      await until(async () => (await countAnswers(proxy)).get('2') === ASKED, 'only the other one answers');
      assert.equal(await isReady(proxy), true);
    });

    it('leave it not ready when both are gone', async () => {
      await servers[1]?.stop();
      await until(async () => !(await isReady(proxy)), 'the proxy says so');
    });
  });

async function isReady(proxy: ServiceProcess): Promise<boolean> {
  return (await fetch(`${proxy.url}/readyz`)).status === 200;
}

/** How many of `ASKED` predictions came from server 1, how many from server 2; failures by status. */
async function countAnswers(proxy: ServiceProcess): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (let asked = 0; asked < ASKED; asked += 1) {
    const response = await fetch(`${proxy.url}/v1/models/m:predict`, { method: 'POST', body: '{"instances":[1]}' });
    const text = await response.text();
    const from = text.includes('12.5') ? '2' : text.includes('2.5') ? '1' : `HTTP ${response.status}`;
    counts.set(from, (counts.get(from) ?? 0) + 1);
  }
  return counts;
}
