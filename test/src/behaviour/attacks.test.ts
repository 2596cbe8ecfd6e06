import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { errorResponseSchema } from '@serving-study/serving-kit';
import { startStandin } from './contestants.js';
import { PROGRAMS } from './programs.js';
import { startService, type ServiceProcess } from './service-process.js';

const HALF = {
  name: 'half_plus_two',
  basePath: fileURLToPath(new URL('../../conformance/models/half_plus_two', import.meta.url)),
};

/** One small request each; what they cost without limits is in docs/limits.md. */
const ATTACKS: readonly { what: string; status: number; text: RegExp; body: () => string | Buffer; gzip?: true }[] = [
  {
    what: 'lists nested deeper than TensorFlow has dimensions',
    status: 400,
    text: /STUDY_NESTING_LIMIT/,
    body: () => `{"instances":[${'['.repeat(260)}1${']'.repeat(260)}]}`,
  },
  {
    what: 'brackets without end',
    status: 400,
    text: /STUDY_NESTING_LIMIT/,
    body: () => '['.repeat(22_000_000),
    gzip: true,
  },
  {
    what: 'more objects than memory',
    status: 400,
    text: /STUDY_VALUES_LIMIT/,
    body: () => `{"instances":[${'{},'.repeat(33_000_000)}`,
    gzip: true,
  },
  {
    what: 'a body that inflates to more than the limit',
    status: 413,
    text: /STUDY_BODY_LIMIT_BYTES/,
    body: () => Buffer.alloc(300_000_000),
    gzip: true,
  },
  {
    what: 'ragged lists that seem to be the first of very many',
    status: 400,
    text: /ragged|at incorrect level/,
    body: () => {
      let list: unknown = 0;
      for (let level = 0; level < 12; level += 1) list = [list, ...new Array<number>(60).fill(0)];
      return JSON.stringify({ inputs: list });
    },
  },
  {
    what: 'two rows of very many names',
    status: 400,
    text: /must be equal to: x$|does not have named input: n0$/,
    body: () => {
      const row = `{${Array.from({ length: 190_000 }, (_, at) => `"n${at}":0`).join()}}`;
      return `{"instances":[${row},${row}]}`;
    },
  },
  {
    what: 'a signature whose name is as long as the body',
    status: 400,
    text: /^Serving signature name: "a+/,
    body: () => `{"signature_name":"${'a'.repeat(40_000_000)}","instances":[1]}`,
  },
  {
    what: 'a text where a number belongs',
    status: 400,
    text: /not of expected type: float/,
    body: () => `{"instances":["${'\\u00e9'.repeat(2_000_000)}"]}`,
  },
];
/** No error text is longer. */
const LONGEST_ANSWER_BYTES = 2 * 2 ** 20;
/** Ten times the largest body that is taken. */
const MOST_GROWTH_MB = 1000;

for (const variant of ['flask-style', 'flask-style session', 'flask-style threads', 'proxy', 'tuned proxy'] as const)
  describe(`${variant} under attack`, () => {
    let service: ServiceProcess;
    let server: Awaited<ReturnType<typeof startStandin>> | undefined;
    before(async () => {
      const isProxy = variant.endsWith('proxy');
      server = isProxy ? await startStandin(HALF) : undefined;
      service = await startService(
        PROGRAMS[variant],
        server === undefined
          ? { STUDY_MODEL_NAME: HALF.name, STUDY_MODEL_BASE_PATH: HALF.basePath }
          : { STUDY_TFSERVING_GRPC: `${server.host}:${server.grpcPort}` },
      );
    });
    after(async () => {
      await service[Symbol.asyncDispose]();
      await server?.stop();
    });

    const predict = async (
      body: string | Uint8Array<ArrayBuffer>,
      headers = {},
    ): Promise<{ status: number; text: string }> => {
      const url = `${service.url}/v1/models/half_plus_two:predict`;
      const answer = await fetch(url, { method: 'POST', body, headers });
      return { status: answer.status, text: await answer.text() };
    };
    const peakMb = (): number =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) / 1024;

    for (const { what, status, text, body, gzip } of ATTACKS)
      it(what, async () => {
        const earlierMb = peakMb();
        const bytes = gzip === true ? gzipSync(body()) : Buffer.from(body());
        const answer = await predict(bytes, gzip === true ? { 'content-encoding': 'gzip' } : {});
        assert.equal(answer.status, status);
        assert.match(errorResponseSchema.parse(JSON.parse(answer.text)).error, text);
        assert.ok(answer.text.length < LONGEST_ANSWER_BYTES);
        assert.ok(peakMb() - earlierMb < MOST_GROWTH_MB, `${peakMb() - earlierMb} MB`);
        assert.equal((await predict('{"instances":[1]}')).status, 200);
      });

    it('requests of one connection that are sent on and on, and no answer read', async () => {
      const { port, hostname } = new URL(service.url);
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.pause().write('GET /v1/models/half_plus_two HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200_000));
      await closed;
      assert.equal((await predict('{"instances":[1]}')).status, 200);
    });
  });
