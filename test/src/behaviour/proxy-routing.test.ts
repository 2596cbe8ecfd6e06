import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServer, type ServerProcess } from '../conformance/server-process.js';
import { STANDIN } from '../conformance/standin-program.js';
import { PROGRAMS } from './programs.js';
import { upstreamsOf } from './proxies.js';
import { startService, type ServiceProcess } from './service-process.js';

interface Vector {
  readonly id: string;
  readonly group: string;
  readonly note: string;
  readonly compare: string;
  readonly server: { readonly id: string };
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: [string, string][];
    readonly body?: string;
    readonly body_base64?: string;
    readonly raw?: string;
  };
  readonly response: { readonly status: number; readonly body?: string };
}

const CONFORMANCE = fileURLToPath(new URL('../../conformance/', import.meta.url));
/** What the replay of values through the proxy leaves out: how requests are read before a model is asked for. */
const GROUPS = ['rest.routing', 'rest.options', 'rest.gzip', 'rest.order', 'rest.lookup', 'rest.metadata'];

/** Recordings that the proxy answers differently on purpose; tfserving-proxy/README.md has the same list. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'rest.routing.059': 'TRACE: the proxy answers 400 by gRPC, and by REST what the server says',
  'rest.routing.061': 'HEAD: an answer to HEAD has no body (RFC 9110, 9.3.2)',
};

const vectors = readFileSync(`${CONFORMANCE}rest.jsonl`, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Vector)
  .filter(
    ({ group, server, request }) =>
      GROUPS.includes(group) &&
      server.id === 'main' &&
      request.raw === undefined &&
      request.path.toLowerCase().startsWith('/v1/'),
  );

describe('routing through the proxy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-routing-'));
  let server: ServerProcess;
  let proxies: Readonly<Record<'grpc' | 'rest', ServiceProcess>>;
  before(async () => {
    const config = readFileSync(`${CONFORMANCE}configs/main.pbtxt`, 'utf8').replaceAll(
      '$MODELS',
      `${CONFORMANCE}models`,
    );
    writeFileSync(join(folder, 'models.config'), config);
    server = await startServer(STANDIN, [
      `--model_config_file=${join(folder, 'models.config')}`,
      '--allow_version_labels_for_unavailable_models=true',
    ]);
    await server.ready();
    const addresses = upstreamsOf(server);
    proxies = {
      grpc: await startService(PROGRAMS['tuned proxy'], addresses),
      rest: await startService(PROGRAMS.proxy, addresses),
    };
  });
  after(async () => {
    await Promise.all([proxies.grpc.stop(), proxies.rest.stop()]);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  for (const upstream of ['grpc', 'rest'] as const)
    for (const { id, note, compare, request, response } of vectors)
      it(`${id} by ${upstream} ${note}`, { skip: DIFFERENT[id] ?? false }, async () => {
        const { status, body } = await exchange(proxies[upstream].url, upstream, request);
        assert.equal(status, response.status, body);
        if (compare === 'exact') assert.equal(body, response.body ?? '');
        else if (compare === 'json') assert.deepEqual(JSON.parse(body), JSON.parse(response.body ?? ''));
      });
});

/** By hand over a socket: no client would send all of these paths as they are. */
async function exchange(
  url: string,
  upstream: string,
  { method, path, headers = [], body, body_base64: base64 }: Vector['request'],
): Promise<{ status: number; body: string }> {
  const content = base64 === undefined ? Buffer.from(body ?? '') : Buffer.from(base64, 'base64');
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    `X-Study-Upstream: ${upstream}`,
    `Content-Length: ${content.length}`,
  ];
  const head = [...lines, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${head}\r\n\r\n`);
  socket.write(content);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks).toString();
  return {
    status: Number(answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)),
    body: answer.slice(answer.indexOf('\r\n\r\n') + 4),
  };
}
