import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { errorResponseSchema } from '@serving-study/serving-kit';
import { startStandin } from './contestants.js';
import { PROGRAMS } from './programs.js';
import { upstreamsOf, startProxies } from './proxies.js';
import { metadataMessage, startRawGrpcServer } from './raw-grpc-server.js';
import { startService, type ServiceProcess } from './service-process.js';
import { until } from './until.js';

const MODELS = fileURLToPath(new URL('../../conformance/models/', import.meta.url));
const HALF = { name: 'half_plus_two', basePath: `${MODELS}half_plus_two` };
const SLOW = { name: 'slow', basePath: `${MODELS}slow` };
/** What a busy machine may add. */
const SLACK_MS = 10_000;
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
const BOTH = ['proxy', 'tuned proxy'] as const;

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function predict(proxy: ServiceProcess, model: string, body: string | Buffer, headers = {}): Promise<Answer> {
  const response = await fetch(`${proxy.url}/v1/models/${model}:predict`, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

const errorOf = ({ text }: Answer): string => errorResponseSchema.parse(JSON.parse(text)).error;
const isReady = async (proxy: ServiceProcess): Promise<boolean> => (await fetch(`${proxy.url}/readyz`)).ok;

/** A REST port: `onRequest` is told which POST of all this is, and which of its connection. */
async function startRawRest(
  onRequest: (socket: Socket, nth: number, nthOfConnection: number) => void,
): Promise<{ url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((socket) => {
    let ofConnection = 0;
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      // Not the proxy's sign of life, which it asks for where an answer takes long.
      if (!bytes.toString('latin1').startsWith('POST ')) return;
      requests += 1;
      ofConnection += 1;
      onRequest(socket, requests, ofConnection);
    });
  });
  await once(server.listen(0, '127.0.0.1').unref(), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: () => requests };
}

describe('the only model server', () => {
  it('that freezes is noticed in less than three seconds, and found again', async () => {
    await using server = await startStandin(HALF);
    const ask = (proxy: ServiceProcess): Promise<Answer> => predict(proxy, HALF.name, '{"instances":[1]}');
    await using proxies = await startProxies(upstreamsOf(server));
    await proxies.each(async (proxy, { name }) => {
      assert.equal((await ask(proxy)).status, 200, name);
    });
    process.kill(server.pid, 'SIGSTOP');
    const frozenAtMs = performance.now();
    const noticed = proxies.each(async (proxy, { name }) => {
      const notReady = isReady(proxy);
      const answer = await ask(proxy);
      assert.equal(errorOf(answer), 'The model server cannot be reached: it does not answer', name);
      assert.equal(answer.status, 503, name);
      assert.equal(await notReady, false, name);
      const tookMs = performance.now() - frozenAtMs;
      assert.ok(tookMs < 3000 + SLACK_MS, `${name}: ${tookMs} ms`);
    });
    await noticed.finally(() => process.kill(server.pid, 'SIGCONT'));
    await proxies.each(async (proxy, { name }) => {
      await until(async () => (await ask(proxy)).status === 200, `${name}: it answers again`);
      assert.equal(await isReady(proxy), true, name);
    });
  });

  it('is not taken for frozen while all its threads are busy for long', async () => {
    await using server = await startStandin(SLOW, '--grpc_max_threads=4', '--rest_api_num_threads=4');
    const sleeping = (ms: number): string => JSON.stringify({ signature_name: 'sleep_ms', instances: [ms] });
    await using proxies = await startProxies(upstreamsOf(server));
    // A proxy that has no call under way when the server is full, not even its question about the model, passes the refusal on.
    await proxies.each(async (proxy, { name }) => {
      assert.equal((await predict(proxy, SLOW.name, sleeping(0))).status, 200, name);
    });
    const asked = proxies.ways.flatMap((way) => [way, way, way]); // six for four threads, by each port
    const answers = asked.map(
      async ({ name, proxy }) => `${name} ${(await predict(proxy, SLOW.name, sleeping(3500))).status}`,
    );
    assert.deepEqual(
      await Promise.all(answers),
      asked.map(({ name }) => `${name} 200`),
    );
  });
});

describe('a connection that the model server closes under a request', () => {
  it('by REST: the request is sent once more, and answered', async () => {
    const rest = await startRawRest((socket, _nth, nthOfConnection) => {
      if (nthOfConnection === 1) socket.write(OK);
      else socket.destroy();
    });
    await using proxy = await startService(PROGRAMS.proxy, {
      STUDY_UPSTREAM: 'rest',
      STUDY_TFSERVING_REST: rest.url,
    });
    for (const requests of [1, 3, 5]) {
      assert.deepEqual(await predict(proxy, 'm', '{}'), { status: 200, text: '{}' });
      assert.equal(rest.requests(), requests);
    }
  });

  it('by REST: no more than once, and not when an answer began', async () => {
    const [closing, breaking] = await Promise.all([
      startRawRest((socket) => socket.destroy()),
      startRawRest((socket) => socket.end(OK.slice(0, -1))),
    ]);
    for (const [rest, requests] of [
      [closing, 2],
      [breaking, 1],
    ] as const) {
      await using proxy = await startService(PROGRAMS.proxy, {
        STUDY_UPSTREAM: 'rest',
        STUDY_TFSERVING_REST: rest.url,
      });
      assert.equal((await predict(proxy, 'm', '{}')).status, 503);
      assert.equal(rest.requests(), requests);
    }
  });

  for (const [program, end] of BOTH.flatMap((program) =>
    (['close the connection', 'refuse the stream'] as const).map((end) => [program, end] as const),
  ))
    it(`by gRPC: the same where servers ${end}, ${program}`, async () => {
      await using server = await startRawGrpcServer((_method, nth) =>
        nth === 1 || nth > 2 ? end : { message: new Uint8Array() },
      );
      await using proxy = await startService(PROGRAMS[program], { STUDY_TFSERVING_GRPC: server.address });
      const status = async (): Promise<number> => (await fetch(`${proxy.url}/v1/models/m`)).status;
      assert.equal(await status(), 200);
      assert.equal(server.calls.length, 2);
      assert.equal(await status(), 503);
      assert.equal(server.calls.length, 4);
    });
});

for (const program of BOTH)
  it(`a deadline that the model server tells first is told in the words of the ${program}`, async () => {
    await using server = await startRawGrpcServer(() => ({ code: 4, text: 'Deadline Exceeded' }));
    await using proxy = await startService(PROGRAMS[program], {
      STUDY_TFSERVING_GRPC: server.address,
      STUDY_DEADLINE_MS: '30',
    });
    const answer = await fetch(`${proxy.url}/v1/models/m`);
    assert.equal(answer.status, 504);
    assert.match(await answer.text(), /did not answer within 30 ms \(STUDY_DEADLINE_MS\)/);
  });

for (const program of BOTH)
  it(`a model server that owes an answer about a model is asked again by later requests, ${program}`, async () => {
    await using server = await startRawGrpcServer((_method, nth) =>
      nth === 1 ? 'say nothing' : { code: 5, text: 'Servable not found for request: Latest(m)' },
    );
    await using proxy = await startService(PROGRAMS[program], {
      STUDY_TFSERVING_GRPC: server.address,
      STUDY_DEADLINE_MS: '1000',
    });
    assert.equal((await predict(proxy, 'm', '{"instances":[1]}')).status, 504);
    assert.equal((await predict(proxy, 'm', '{"instances":[1]}')).status, 404);
  });

for (const program of BOTH)
  it(`a client that leaves takes the answer about a model from nobody else, ${program}`, async () => {
    await using server = await startRawGrpcServer((_method, nth) =>
      nth === 1 ? 'say nothing' : { code: 5, text: 'Servable not found for request: Latest(m)' },
    );
    await using proxy = await startService(PROGRAMS[program], { STUDY_TFSERVING_GRPC: server.address });
    const inFlight = async (count: number): Promise<boolean> =>
      (await (await fetch(`${proxy.url}/metrics`)).text()).includes(`study_requests_in_flight ${count}\n`);
    const leaves = new AbortController();
    const left = assert.rejects(
      fetch(`${proxy.url}/v1/models/m:predict`, { method: 'POST', body: '{"instances":[1]}', signal: leaves.signal }),
    );
    await until(() => server.calls.length === 1, 'the first request has asked');
    const staying = predict(proxy, 'm', '{"instances":[1]}');
    await until(() => inFlight(2), 'the second waits with it');
    leaves.abort();
    await left;
    assert.equal((await staying).status, 404);
    await until(() => inFlight(0), 'nothing is in flight');
  });

it('SIGTERM ends the proxy at its limit though the model server never answers', async () => {
  const rest = await startRawRest(() => undefined);
  await using proxy = await startService(PROGRAMS.proxy, {
    STUDY_UPSTREAM: 'rest',
    STUDY_TFSERVING_REST: rest.url,
    STUDY_DEADLINE_MS: '300000',
    STUDY_DRAIN_LIMIT_MS: '100',
  });
  const cut = assert.rejects(predict(proxy, 'm', '{}'));
  await until(() => Promise.resolve(rest.requests() === 1), 'the request is under way');
  const startedAtMs = performance.now();
  assert.equal(await proxy.stop(), 0);
  await cut;
  assert.ok(performance.now() - startedAtMs < SLACK_MS);
});

for (const program of BOTH)
  describe(`bad requests to the ${program} by gRPC`, () => {
    for (const [what, status, metadata] of [
      ['that do not fit the model', 400, { message: metadataMessage() }],
      ['for a model that is not there', 404, { code: 5, text: 'Servable not found for request: Latest(m)' }],
    ] as const)
      it(`${what} ask about it four times a second at most`, async () => {
        await using server = await startRawGrpcServer(() => metadata);
        await using proxy = await startService(PROGRAMS[program], { STUDY_TFSERVING_GRPC: server.address });
        const startedAtMs = performance.now();
        for (let request = 0; request < 20; request += 1) {
          const together = Array.from({ length: 5 }, () => predict(proxy, 'm', '{"instances":["text"]}'));
          assert.deepEqual(new Set((await Promise.all(together)).map((answer) => answer.status)), new Set([status]));
        }
        const most = 1 + Math.ceil((performance.now() - startedAtMs) / 250);
        assert.ok(server.calls.length <= most, `${server.calls.length} calls`);
      });

    it('for a version beyond 64 bits ask about none', async () => {
      await using server = await startRawGrpcServer(() => ({ message: metadataMessage() }));
      await using proxy = await startService(PROGRAMS[program], { STUDY_TFSERVING_GRPC: server.address });
      const version = 2n ** 64n + 1n; // its lowest 64 bits are version 1
      const response = await fetch(`${proxy.url}/v1/models/m/versions/${version}/metadata`);
      assert.equal(response.status, 400);
      assert.deepEqual(server.calls, []);
    });

    it('are refused before they cost memory', async () => {
      await using server = await startRawGrpcServer(() => ({ message: metadataMessage() }));
      await using proxy = await startService(PROGRAMS[program], {
        STUDY_TFSERVING_GRPC: server.address,
        STUDY_BODY_LIMIT_BYTES: '100000',
      });
      const gzip = { 'content-encoding': 'gzip' };
      const deep = await predict(proxy, 'm', `{"instances":${'['.repeat(260)}1${']'.repeat(260)}}`);
      assert.equal(deep.status, 400, deep.text);
      const inflated = await predict(proxy, 'm', gzipSync(Buffer.alloc(1_000_000, ' ')), gzip);
      assert.equal(inflated.status, 413, inflated.text);
      assert.match(errorOf(inflated), /STUDY_BODY_LIMIT_BYTES/);
    });
  });

describe('a fault of the proxy itself', () => {
  it('is told by an incident number only, and logged in full', async () => {
    await using server = await startRawGrpcServer(() => ({ message: Buffer.from('no protocol buffer at all') }));
    await using proxy = await startService(PROGRAMS.proxy, { STUDY_TFSERVING_GRPC: server.address });
    const response = await fetch(`${proxy.url}/v1/models/m`);
    assert.equal(response.status, 500);
    const { error } = errorResponseSchema.parse(await response.json());
    const [, incident = 'none'] = /^Internal error; the server's log has it as incident (\S+)$/.exec(error) ?? [];
    const lines = (): string[] => proxy.log.filter((line) => line.includes(incident));
    await until(() => lines().length > 0, 'the incident is logged');
    assert.equal(lines().length, 1);
    assert.match(lines()[0] ?? '', /"level":50.*"stack"/);
  });

  it('leaves no more than ten lines a second for failures that come with every request', async () => {
    await using proxy = await startService(PROGRAMS.proxy, { STUDY_TFSERVING_GRPC: '127.0.0.1:1' });
    const startedAtMs = performance.now();
    for (let request = 0; request < 100; request += 1)
      assert.equal((await predict(proxy, 'm', '{"instances":[1]}')).status, 503);
    const seconds = Math.ceil((performance.now() - startedAtMs) / 1000) + 1;
    const lines = (): number => proxy.log.filter((line) => line.includes('request not served')).length;
    await until(() => lines() > 0, 'a failure is logged');
    await proxy.stop();
    assert.ok(lines() <= 10 * seconds, String(lines()));
  });
});
