import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '@serving-study/bench';
import { startServer, type ServerProcess } from '../conformance/server-process.js';
import { STANDIN } from '../conformance/standin-program.js';
import { startStandin } from './contestants.js';
import { whyNoHostsFile, HostsFile } from './hosts-file.js';
import { PROGRAMS } from './programs.js';
import { startRelay } from './relay.js';
import { startService, type ServiceProcess } from './service-process.js';
import { until } from './until.js';

const HALF_PLUS_TWO = fileURLToPath(new URL('../../conformance/models/half_plus_two/', import.meta.url));
const ASKED = 40;
const CLIENTS = 8;
/** A replica that freezes is noticed in less than this; a busy machine may add something. */
const NOTICED_MS = 3000;
const SLACK_MS = 10_000;

interface Answer {
  /** `1` or `2`, the server; the status of a failure. */
  readonly from: string;
  readonly tookMs: number;
}

const folder = mkdtempSync(join(tmpdir(), 'proxy-replicas-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Two model servers that can be told apart: what the second calls version 1 gives other answers. */
async function startServers(): Promise<readonly [ServerProcess, ServerProcess]> {
  for (const version of ['1', '2'])
    cpSync(join(HALF_PLUS_TWO, version), join(folder, `server${version}`, '1'), { recursive: true });
  return await Promise.all([startStandin(model('server1')), startStandin(model('server2'))]);
}

function model(name: string): { name: string; basePath: string } {
  return { name: 'm', basePath: join(folder, name) };
}

for (const program of ['proxy', 'tuned proxy'] as const)
  for (const upstream of ['grpc', 'rest'] as const) {
    describe(`replicas behind the ${program} by ${upstream}`, () => {
      let servers: readonly [ServerProcess, ServerProcess];
      let proxy: ServiceProcess;
      before(async () => {
        servers = await startServers();
        proxy = await startService(PROGRAMS[program], {
          STUDY_UPSTREAM: upstream,
          STUDY_TFSERVING_GRPC: servers.map(({ host, grpcPort }) => `${host}:${grpcPort}`).join(),
          STUDY_TFSERVING_REST: servers.map(({ host, restPort }) => `http://${host}:${restPort}`).join(),
        });
        await until(() => isReady(proxy), 'a replica answers');
      });
      after(async () => {
        await proxy.stop();
        await Promise.all(servers.map((server) => server.stop()));
      });

      const bothAnswer = (): Promise<void> =>
        until(async () => {
          const { counts } = await askAll(proxy);
          return counts.get('1') === ASKED / 2 && counts.get('2') === ASKED / 2;
        }, 'both replicas answer, in turn');

      it('answer in turn', bothAnswer);

      it('lose no request when one freezes, which gets no more of them until it goes on', async () => {
        const answers = await underLoad(proxy, async () => {
          process.kill(servers[0].pid, 'SIGSTOP');
          await until(async () => (await askAll(proxy)).slowestMs < NOTICED_MS / 2, 'the frozen one is not asked');
          assert.equal((await askAll(proxy)).counts.get('2'), ASKED);
          assert.equal(await isReady(proxy), true);
        });
        process.kill(servers[0].pid, 'SIGCONT');
        assert.deepEqual(failuresOf(answers), []);
        const slowestMs = Math.max(...answers.map(({ tookMs }) => tookMs));
        assert.ok(slowestMs < NOTICED_MS + SLACK_MS, `${slowestMs} ms`);
        await bothAnswer();
      });

      it('lose no request when one is killed, and find it when it is back', async () => {
        const { grpcPort, restPort } = servers[0];
        const answers = await underLoad(proxy, async () => {
          await servers[0].stop();
          assert.equal((await askAll(proxy)).counts.get('2'), ASKED);
          assert.equal(await isReady(proxy), true);
        });
        assert.deepEqual(failuresOf(answers), []);
        // the last of several equal flags counts, so the ports are these
        const again = await startServer(STANDIN, [
          ...[`--port=${grpcPort}`, `--rest_api_port=${restPort}`, '--model_name=m'],
          `--model_base_path=${join(folder, 'server1')}`,
        ]);
        servers = [again, servers[1]];
        await bothAnswer();
      });

      it('leave it not ready when both are gone', async () => {
        await Promise.all(servers.map((server) => server.stop()));
        await until(async () => !(await isReady(proxy)), 'the proxy says so');
      });
    });

    describe(`one name for several replicas behind the ${program} by ${upstream}`, { skip: whyNoHostsFile() }, () => {
      it('is looked up again and again: those that stay keep their connections', async () => {
        const servers = await startServers();
        const portOf = (server: ServerProcess): number => (upstream === 'grpc' ? server.grpcPort : server.restPort);
        await using first = await startRelay('127.0.0.2', 0, portOf(servers[0]));
        await using second = await startRelay('127.0.0.3', first.port, portOf(servers[1]));
        using hosts = new HostsFile(folder);
        hosts.write({ 'tfserving.example': ['127.0.0.2'] });
        await using proxy = await startService(
          PROGRAMS[program],
          {
            STUDY_UPSTREAM: upstream,
            STUDY_TFSERVING_GRPC: `tfserving.example:${first.port}`,
            STUDY_TFSERVING_REST: `http://tfserving.example:${first.port}`,
          },
          hosts,
        );
        const answersOf = async (server: string): Promise<number> => (await askAll(proxy)).counts.get(server) ?? 0;
        assert.equal(await answersOf('1'), ASKED);

        const before = first.connections();
        hosts.write({ 'tfserving.example': ['127.0.0.2', '127.0.0.3', '127.0.0.4'] }); // nothing listens on the last
        await until(async () => (await answersOf('2')) === ASKED / 2, 'the one that joined gets its half');
        assert.equal(await answersOf('1'), ASKED / 2);
        assert.equal(first.connections(), before);

        const answers = await underLoad(proxy, async () => {
          hosts.write({ 'tfserving.example': ['127.0.0.3'] });
          await until(async () => (await answersOf('2')) === ASKED, 'the one that left gets none');
          await until(() => first.open() === 0, 'its connections are closed');
          assert.ok(second.open() > 0);
        });
        assert.deepEqual(failuresOf(answers), []);

        // it ends every connection: nothing is behind it
        await using third = await startRelay('127.0.0.4', first.port, await freePort());
        const whenForgotten = await underLoad(proxy, async () => {
          hosts.write({ 'tfserving.example': ['127.0.0.4'] });
          await until(() => third.connections() > 0, 'the names are looked up');
          assert.equal(await answersOf('2'), ASKED, 'one that is forgotten serves as long as no other does');
          assert.equal(await isReady(proxy), true);
        });
        assert.deepEqual(failuresOf(whenForgotten), []);
        await Promise.all(servers.map((server) => server.stop()));
      });
    });
  }

async function isReady(proxy: ServiceProcess): Promise<boolean> {
  return (await fetch(`${proxy.url}/readyz`)).status === 200;
}

async function ask(proxy: ServiceProcess): Promise<Answer> {
  const askedAtMs = performance.now();
  const response = await fetch(`${proxy.url}/v1/models/m:predict`, { method: 'POST', body: '{"instances":[1]}' });
  const text = await response.text();
  const from = text.includes('12.5') ? '2' : text.includes('2.5') ? '1' : `${response.status}: ${text}`;
  return { from, tookMs: performance.now() - askedAtMs };
}

/** How many of `ASKED` predictions, one after the other, came from which server. */
async function askAll(proxy: ServiceProcess): Promise<{ counts: Map<string, number>; slowestMs: number }> {
  const counts = new Map<string, number>();
  let slowestMs = 0;
  for (let asked = 0; asked < ASKED; asked += 1) {
    const { from, tookMs } = await ask(proxy);
    counts.set(from, (counts.get(from) ?? 0) + 1);
    slowestMs = Math.max(slowestMs, tookMs);
  }
  return { counts, slowestMs };
}

/** What eight clients got that asked without a pause while something was done. */
async function underLoad(proxy: ServiceProcess, act: () => Promise<void>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let isOver = false;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!isOver) answers.push(await ask(proxy));
  });
  try {
    await act();
  } finally {
    isOver = true;
    await Promise.all(clients);
  }
  return answers;
}

function failuresOf(answers: readonly Answer[]): readonly string[] {
  return answers.map(({ from }) => from).filter((from) => from !== '1' && from !== '2');
}
