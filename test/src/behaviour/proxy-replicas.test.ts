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
import { upstreamsOf, startProxies, type Proxies, type Way } from './proxies.js';
import { startRelay, type Relay } from './relay.js';
import type { ServiceProcess } from './service-process.js';
import { until } from './until.js';

const HALF_PLUS_TWO = fileURLToPath(new URL('../../conformance/models/half_plus_two/', import.meta.url));
const ASKED = 40;
const CLIENTS = 4;
/** A replica that freezes is noticed in less than this; a busy machine may add something. */
const NOTICED_MS = 3000;
const SLACK_MS = 10_000;

interface Answer {
  /** `1` or `2`, the server; of a failure who answered so, and what. */
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

describe('replicas behind each proxy', () => {
  let servers: readonly [ServerProcess, ServerProcess];
  let proxies: Proxies;
  before(async () => {
    servers = await startServers();
    proxies = await startProxies(upstreamsOf(...servers));
    await proxies.each((proxy, { name }) => until(() => isReady(proxy), `a replica answers the ${name}`));
  });
  after(async () => {
    await proxies[Symbol.asyncDispose]();
    await Promise.all(servers.map((server) => server.stop()));
  });

  const bothAnswer = (): Promise<void> =>
    proxies.each((proxy, { name }) =>
      until(async () => {
        const { counts } = await askAll(proxy);
        return counts.get('1') === ASKED / 2 && counts.get('2') === ASKED / 2;
      }, `both replicas answer the ${name}, in turn`),
    );

  it('answer in turn', bothAnswer);

  it('lose no request when one freezes, which gets no more of them until it goes on', async () => {
    const answers = await underLoad(proxies, async () => {
      process.kill(servers[0].pid, 'SIGSTOP');
      await proxies.each(async (proxy, { name }) => {
        await until(
          async () => (await askAll(proxy)).slowestMs < NOTICED_MS / 2,
          `the frozen one is not asked by the ${name}`,
        );
        assert.equal((await askAll(proxy)).counts.get('2'), ASKED, name);
        assert.equal(await isReady(proxy), true, name);
      });
    });
    process.kill(servers[0].pid, 'SIGCONT');
    assert.deepEqual(failuresOf(answers), []);
    const slowestMs = Math.max(...answers.map(({ tookMs }) => tookMs));
    assert.ok(slowestMs < NOTICED_MS + SLACK_MS, `${slowestMs} ms`);
    await bothAnswer();
  });

  it(
    'of one name are looked up again and again: those that stay keep their connections',
    { skip: whyNoHostsFile() },
    async (context) => {
      const ports = { grpc: await freePort(), rest: await freePort() };
      const portsOf = (server: ServerProcess): typeof ports => ({ grpc: server.grpcPort, rest: server.restPort });
      const relaysTo = async (ip: string, to: typeof ports): Promise<Relays> => {
        const grpc = await startRelay(ip, ports.grpc, to.grpc);
        const rest = await startRelay(ip, ports.rest, to.rest);
        context.after(() => Promise.all([grpc[Symbol.asyncDispose](), rest[Symbol.asyncDispose]()]));
        return { grpc, rest };
      };
      const first = await relaysTo('127.0.0.2', portsOf(servers[0]));
      const second = await relaysTo('127.0.0.3', portsOf(servers[1]));
      using hosts = new HostsFile(folder);
      hosts.write({ 'tfserving.example': ['127.0.0.2'] });
      await using named = await startProxies(
        {
          STUDY_TFSERVING_GRPC: `tfserving.example:${ports.grpc}`,
          STUDY_TFSERVING_REST: `http://tfserving.example:${ports.rest}`,
        },
        {},
        hosts,
      );
      const allComeFrom = (server: string, part: number, what: string): Promise<void> =>
        named.each((proxy, { name }) =>
          until(async () => (await askAll(proxy)).counts.get(server) === ASKED * part, `${name}: ${what}`),
        );
      await named.each(async (proxy, { name }) => {
        assert.equal((await askAll(proxy)).counts.get('1'), ASKED, name);
      });

      const before = connectionsOf(first);
      hosts.write({ 'tfserving.example': ['127.0.0.2', '127.0.0.3', '127.0.0.4'] }); // nothing listens on the last
      await allComeFrom('2', 1 / 2, 'the one that joined gets its half');
      await allComeFrom('1', 1 / 2, 'and the one that stays the other');
      assert.deepEqual(connectionsOf(first), before);

      const answers = await underLoad(named, async () => {
        hosts.write({ 'tfserving.example': ['127.0.0.3'] });
        await allComeFrom('2', 1, 'the one that left gets none');
        await until(() => first.grpc.open() + first.rest.open() === 0, 'its connections are closed');
        assert.ok(second.grpc.open() > 0 && second.rest.open() > 0);
      });
      assert.deepEqual(failuresOf(answers), []);

      // it ends every connection: nothing is behind it
      const third = await relaysTo('127.0.0.4', { grpc: await freePort(), rest: await freePort() });
      const whenForgotten = await underLoad(named, async () => {
        hosts.write({ 'tfserving.example': ['127.0.0.4'] });
        await until(() => Math.min(...connectionsOf(third)) > 1, 'the names are looked up');
        await named.each(async (proxy, { name }) => {
          const { counts } = await askAll(proxy);
          assert.equal(counts.get('2'), ASKED, `${name}: one that is forgotten serves as long as no other does`);
          assert.equal(await isReady(proxy), true, name);
        });
      });
      assert.deepEqual(failuresOf(whenForgotten), []);
    },
  );

  it('lose no request when one is killed, and find it when it is back', async () => {
    const { grpcPort, restPort } = servers[0];
    const answers = await underLoad(proxies, async () => {
      await servers[0].stop();
      await proxies.each(async (proxy, { name }) => {
        assert.equal((await askAll(proxy)).counts.get('2'), ASKED, name);
        assert.equal(await isReady(proxy), true, name);
      });
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

  it('leave them not ready when both are gone', async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await proxies.each((proxy, { name }) => until(async () => !(await isReady(proxy)), `the ${name} says so`));
  });
});

type Relays = Readonly<Record<Way['upstream'], Relay>>;

function connectionsOf({ grpc, rest }: Relays): readonly number[] {
  return [grpc.connections(), rest.connections()];
}

async function isReady(proxy: ServiceProcess): Promise<boolean> {
  return (await fetch(`${proxy.url}/readyz`)).status === 200;
}

async function ask(proxy: ServiceProcess, name = ''): Promise<Answer> {
  const askedAtMs = performance.now();
  const response = await fetch(`${proxy.url}/v1/models/m:predict`, { method: 'POST', body: '{"instances":[1]}' });
  const text = await response.text();
  const from = text.includes('12.5') ? '2' : text.includes('2.5') ? '1' : `${name} ${response.status}: ${text}`;
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

/** What some clients of each got that asked without a pause while something was done. */
async function underLoad(proxies: Proxies, act: () => Promise<void>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let isOver = false;
  const clients = proxies.ways.flatMap(({ name, proxy }) =>
    Array.from({ length: CLIENTS }, async () => {
      while (!isOver) answers.push(await ask(proxy, name));
    }),
  );
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
