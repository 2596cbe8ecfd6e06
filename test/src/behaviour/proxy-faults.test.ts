import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { errorResponseSchema } from '@serving-study/serving-kit';
import { freePort } from '@serving-study/bench';
import { startServer, type ServerProcess } from '../conformance/server-process.js';
import { STANDIN } from '../conformance/standin-program.js';
import { startStandin } from './contestants.js';
import { PROGRAMS } from './programs.js';
import { upstreamsOf } from './proxies.js';
import { startService, type ServiceProcess } from './service-process.js';
import { until } from './until.js';

const MODELS = fileURLToPath(new URL('../../conformance/models/', import.meta.url));
const HALF = { name: 'half_plus_two', basePath: `${MODELS}half_plus_two` };
const SLOW = { name: 'slow', basePath: `${MODELS}slow` };
const UPSTREAMS = ['grpc', 'rest'] as const;

function startProxy(
  server: Pick<ServerProcess, 'host' | 'grpcPort' | 'restPort'>,
  env: Record<string, string> = {},
): Promise<ServiceProcess> {
  return startService(PROGRAMS.proxy, { ...upstreamsOf(server), ...env });
}

interface Answer {
  readonly status: number;
  readonly version: string | null;
  readonly body: unknown;
}

async function predict(
  proxy: ServiceProcess,
  upstream: string,
  model: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(`${proxy.url}/v1/models/${model}:predict`, {
    method: 'POST',
    headers: { 'x-study-upstream': upstream },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, version: response.headers.get('x-model-version'), body: await response.json() };
}

const errorOf = ({ body }: Answer): string => errorResponseSchema.parse(body).error;

describe('the proxy when the model server goes away', () => {
  for (const upstream of UPSTREAMS)
    it(`answers 503 by ${upstream}, and finds the server again`, async () => {
      const [grpcPort, restPort] = [await freePort(), await freePort()];
      await using proxy = await startProxy({ host: '127.0.0.1', grpcPort, restPort }, { STUDY_UPSTREAM: upstream });
      const told = proxy.logged('it refuses connections: ');
      const before = await predict(proxy, upstream, 'half_plus_two', { instances: [1] });
      assert.equal(before.status, 503);
      assert.equal(errorOf(before), 'The model server cannot be reached: it refuses connections');
      assert.match(await told, /it refuses connections: [^"]*ECONNREFUSED 127\.0\.0\.1:\d+\.?"/);
      const notReady = await fetch(`${proxy.url}/readyz`);
      assert.equal(notReady.status, 503);
      assert.equal((await fetch(`${proxy.url}/healthz`)).status, 200, 'the proxy itself is well');

      // the last of several equal flags counts, so the ports are these
      const server = await startServer(STANDIN, [
        `--port=${grpcPort}`,
        `--rest_api_port=${restPort}`,
        '--model_name=half_plus_two',
        `--model_base_path=${HALF.basePath}`,
      ]);
      await until(
        async () => (await predict(proxy, upstream, 'half_plus_two', { instances: [1] })).status === 200,
        'the proxy finds the server',
      );
      assert.equal((await fetch(`${proxy.url}/readyz`)).status, 200);

      await server.stop();
      const after = await predict(proxy, upstream, 'half_plus_two', { instances: [1] });
      assert.equal(after.status, 503, JSON.stringify(after.body));
      assert.match(errorOf(after), /^The model server cannot be reached: /);
      assert.equal(await proxy.stop(), 0);
    });
});

const DEADLINE_MS = 1000;
const OVER_TIME = `The model server did not answer within ${DEADLINE_MS} ms (STUDY_DEADLINE_MS)`;
const TOO_LONG = { signature_name: 'sleep_ms', instances: [300_000] };

async function isInFlight(proxy: ServiceProcess, requests: number): Promise<boolean> {
  return (await metricsOf(proxy)).includes(`study_requests_in_flight ${requests}\n`);
}

describe('the proxy in front of a slow model', () => {
  let server: ServerProcess;
  let impatient: ServiceProcess;
  let patient: ServiceProcess;
  before(async () => {
    server = await startStandin(SLOW, '--grpc_max_threads=64');
    [impatient, patient] = await Promise.all([
      startProxy(server, { STUDY_DEADLINE_MS: String(DEADLINE_MS) }),
      startProxy(server, { STUDY_DEADLINE_MS: '300000' }),
    ]);
  });
  after(async () => {
    await Promise.all([impatient.stop(), patient.stop()]);
    await server.stop();
  });

  for (const upstream of UPSTREAMS) {
    it(`gives up at the deadline by ${upstream}`, async () => {
      const answer = await predict(impatient, upstream, 'slow', TOO_LONG);
      assert.equal(answer.status, 504);
      assert.equal(errorOf(answer), OVER_TIME);
    });

    it(`stops waiting when the client is gone by ${upstream}`, async () => {
      const abort = new AbortController();
      const waiting = predict(patient, upstream, 'slow', TOO_LONG, abort.signal);
      await until(() => isInFlight(patient, 1), 'the request is in flight');
      abort.abort();
      await assert.rejects(waiting, { name: 'AbortError' });
      await until(() => isInFlight(patient, 0), 'nothing is in flight');
      assert.deepEqual(
        patient.log.filter((line) => line.includes('"level":50')),
        [],
        'a client that leaves is not a fault',
      );
    });
  }
});

describe('the proxy in front of a model server with few threads', () => {
  it('queues by gRPC what the server would refuse', async () => {
    await using server = await startStandin(SLOW, '--grpc_max_threads=4');
    await using proxy = await startProxy(server);
    const answers = await Promise.all(
      Array.from({ length: 24 }, () => predict(proxy, 'grpc', 'slow', { signature_name: 'sleep_ms', instances: [20] })),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array.from({ length: 24 }, () => 200),
    );
  });
});

describe('the proxy beside a change of version', () => {
  it('answers with the version it names, and learns new signatures', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-versions-'));
    const publish = (from: string, version: number): void => {
      cpSync(from, join(folder, 'incoming'), { recursive: true });
      renameSync(join(folder, 'incoming'), join(folder, String(version)));
    };
    publish(`${MODELS}half_plus_two/1`, 1);
    await using server = await startStandin({ name: 'm', basePath: folder });
    await using proxy = await startProxy(server);
    const ask = (): Promise<Answer> => predict(proxy, 'grpc', 'm', { instances: [1, 2] });
    assert.deepEqual(await ask(), { status: 200, version: '1', body: { predictions: [2.5, 3] } });
    publish(`${MODELS}half_plus_two/2`, 2);
    await until(async () => (await ask()).version === '2', 'version 2 answers');
    assert.deepEqual((await ask()).body, { predictions: [12.5, 13] });
    // same alias, another type: what the proxy remembers of version 2 does not fit
    publish(`${MODELS}double/1`, 3);
    await until(async () => (await ask()).version === '3', 'version 3 answers');
    assert.equal((await ask()).status, 200);
    rmSync(folder, { recursive: true });
  });
});

describe('the proxy itself', () => {
  let server: ServerProcess;
  let proxy: ServiceProcess;
  before(async () => {
    server = await startStandin(HALF);
    proxy = await startProxy(server, { STUDY_BODY_LIMIT_BYTES: '1000', STUDY_ANSWER_LIMIT_BYTES: '4096' });
  });
  after(async () => {
    await proxy.stop();
    await server.stop();
  });

  for (const upstream of UPSTREAMS) {
    it(`refuses bodies over its limit by ${upstream}`, async () => {
      const answer = await predict(proxy, upstream, 'half_plus_two', {
        instances: Array.from({ length: 600 }, () => 1),
      });
      assert.equal(answer.status, 413);
      assert.match(errorOf(answer), /over the limit of 1000 bytes \(STUDY_BODY_LIMIT_BYTES\)/);
    });
  }

  it('refuses an upstream it does not know', async () => {
    const answer = await predict(proxy, 'carrier-pigeon', 'half_plus_two', { instances: [1] });
    assert.equal(answer.status, 400);
    assert.equal(errorOf(answer), 'X-Study-Upstream: carrier-pigeon is not known; send grpc or rest');
  });

  it('answers what is no HTTP', async () => {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    socket.write('GARBAGE\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    assert.match(Buffer.concat(chunks).toString(), /^HTTP\/1\.1 400 [^]*"error": "Malformed request: /);
  });

  it('passes on compressed bodies', async () => {
    const { gzipSync } = await import('node:zlib');
    for (const upstream of UPSTREAMS) {
      const outgoing = request(`${proxy.url}/v1/models/half_plus_two:predict`, {
        method: 'POST',
        headers: { 'x-study-upstream': upstream, 'content-encoding': 'gzip' },
      }).end(gzipSync('{"instances":[1]}'));
      const [answer] = (await once(outgoing, 'response')) as [{ statusCode: number; resume(): void }];
      assert.equal(answer.statusCode, 200);
      answer.resume();
    }
  });
});

describe('the proxy and a REST port that misbehaves', () => {
  /** A TCP server whose connections do what the test says. */
  async function listen(onRequest: (socket: Socket) => void): Promise<Server> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        onRequest(socket);
      });
    })
      .listen(0, '127.0.0.1')
      .unref();
    await once(server, 'listening');
    return server;
  }

  for (const [what, onRequest, text] of [
    ['closes without an answer', (socket: Socket) => socket.end(), /closed the connection before the answer/],
    [
      'breaks off in the middle of an answer',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"pre'),
      /cannot be reached/,
    ],
    ['speaks no HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH\r\n'), /cannot be reached/],
    [
      'sends more than the limit',
      (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n${' '.repeat(5000)}`),
      /STUDY_ANSWER_LIMIT_BYTES/,
    ],
  ] as const)
    it(`answers 503 when it ${what}`, async () => {
      const upstream = await listen(onRequest);
      await using proxy = await startService(PROGRAMS.proxy, {
        STUDY_UPSTREAM: 'rest',
        STUDY_ANSWER_LIMIT_BYTES: '4096',
        STUDY_TFSERVING_REST: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
      });
      const answer = await predict(proxy, 'rest', 'm', { instances: [1] });
      assert.equal(answer.status, 503);
      assert.match(errorOf(answer), text);
      upstream.close();
    });
});

async function metricsOf(proxy: ServiceProcess): Promise<string> {
  return await (await fetch(`${proxy.url}/metrics`)).text();
}
