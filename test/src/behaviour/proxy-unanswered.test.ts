import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startStandin } from './contestants.js';
import { upstreamsOf, startProxies, type Proxies } from './proxies.js';
import type { ServiceProcess } from './service-process.js';
import { until } from './until.js';

const HALF = {
  name: 'half_plus_two',
  basePath: fileURLToPath(new URL('../../conformance/models/half_plus_two', import.meta.url)),
};
const DEADLINE_MS = 1500;
const DRAIN_LIMIT_MS = 200;
/** What a busy machine may add. */
const SLACK_MS = 10_000;

/** A model server that takes requests and never answers them. */
interface Unanswering extends AsyncDisposable {
  readonly host: string;
  readonly grpcPort: number;
  readonly restPort: number;
  /** Called when the proxies run. */
  begin(proxies: Proxies): Promise<void>;
}

const SITUATIONS: Readonly<Record<string, () => Promise<Unanswering>>> = {
  'that freezes after it has answered': async () => {
    const server = await startStandin(HALF);
    return {
      ...server,
      begin: async (proxies) => {
        await proxies.each(async (proxy) => {
          assert.equal(await predict(proxy), 200);
        });
        process.kill(server.pid, 'SIGSTOP');
      },
    };
  },
  'that takes connections and says nothing': async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined).resume());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      host: '127.0.0.1',
      grpcPort: port,
      restPort: port,
      begin: () => Promise.resolve(),
      [Symbol.asyncDispose]: async () => {
        for (const socket of sockets) socket.destroy();
        server.close();
        await once(server, 'close');
      },
    };
  },
  'to which no connection is completed': async () => {
    const server = await startStandin(HALF);
    process.kill(server.pid, 'SIGSTOP');
    const fillers = [...(await fillBacklog(server.grpcPort)), ...(await fillBacklog(server.restPort))];
    return {
      ...server,
      begin: () => Promise.resolve(),
      [Symbol.asyncDispose]: async () => {
        for (const filler of fillers) filler.destroy();
        await server.stop();
      },
    };
  },
};

for (const [situation, startServer] of Object.entries(SITUATIONS))
  it(`a model server ${situation} holds up neither an answer of a proxy, nor its health check, nor its end`, async () => {
    await using server = await startServer();
    await using proxies = await startProxies(upstreamsOf(server), {
      STUDY_DEADLINE_MS: String(DEADLINE_MS),
      STUDY_DRAIN_LIMIT_MS: String(DRAIN_LIMIT_MS),
    });
    await server.begin(proxies);
    await proxies.each(async (proxy, { name, upstream }) => {
      const askedAtMs = performance.now();
      const ready = fetch(`${proxy.url}/readyz`);
      for (const status of await Promise.all(Array.from({ length: 20 }, () => predict(proxy))))
        assert.ok(status === 503 || status === 504, `${name}: ${status}`);
      assert.equal((await ready).status, 503, name);
      const tookMs = performance.now() - askedAtMs;
      assert.ok(tookMs < DEADLINE_MS + SLACK_MS, `${name}: ${tookMs} ms`);
      const port = upstream === 'grpc' ? server.grpcPort : server.restPort;
      await until(
        () => statesOfConnections(proxy.pid, port).filter((state) => state === SYN_SENT).length <= 1,
        `${name}: connections that are not completed are given up`,
      );

      const last = Array.from({ length: 5 }, () => predict(proxy).catch(() => 'cut' as const));
      await fetch(`${proxy.url}/healthz`); // they have come by then
      const endedAtMs = performance.now();
      assert.equal(await proxy.stop(), 0, name);
      for (const end of await Promise.all(last))
        assert.ok(end === 'cut' || end === 503 || end === 504, `${name}: ${end}`);
      const endTookMs = performance.now() - endedAtMs;
      assert.ok(endTookMs < DRAIN_LIMIT_MS + SLACK_MS, `${name}: ${endTookMs} ms`);
    });
  });

async function predict(proxy: ServiceProcess): Promise<number> {
  const url = `${proxy.url}/v1/models/${HALF.name}:predict`;
  const response = await fetch(url, { method: 'POST', body: '{"instances":[1]}' });
  await response.arrayBuffer();
  return response.status;
}

/** Connects to a port whose process accepts nothing until the kernel completes no more connections. */
async function fillBacklog(port: number): Promise<Socket[]> {
  const fillers: Socket[] = [];
  await until(() => {
    for (let turn = 0; turn < 64; turn += 1) fillers.push(connect(port, '127.0.0.1').on('error', () => undefined));
    return statesOfConnections(process.pid, port).includes(SYN_SENT);
  }, 'the backlog is full');
  return fillers;
}

/** As /proc/net/tcp writes the state of a connection that is not completed. */
const SYN_SENT = '02';

/** States of a process's connections to a port of this machine, by IPv4. */
function statesOfConnections(pid: number, port: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const own = new Set(readdirSync(folder).map((descriptor) => target(`${folder}/${descriptor}`)));
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trim().split('\n').slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , address = '', , , , , , , inode]) => address.endsWith(remote) && own.has(`socket:[${inode ?? ''}]`))
    .map(([, , , state = '']) => state);
}

/** What a descriptor stands for; nothing for one that was closed meanwhile. */
function target(descriptor: string): string {
  try {
    return readlinkSync(descriptor);
  } catch {
    return '';
  }
}
