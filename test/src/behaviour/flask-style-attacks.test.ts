import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { errorResponseSchema } from '@serving-study/serving-kit';
import { PROGRAMS } from './programs.js';
import { startService, type ServiceProcess } from './service-process.js';

const MODELS = fileURLToPath(new URL('../../conformance/models/', import.meta.url));

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
    text: /ragged/,
    body: () => {
      let list: unknown = 0;
      for (let level = 0; level < 12; level += 1) list = [list, ...new Array<number>(60).fill(0)];
      return JSON.stringify({ inputs: list });
    },
  },
  {
    what: 'two rows of very many names',
    status: 400,
    text: /must be equal to: x$/,
    body: () => {
      const row = `{${Array.from({ length: 190_000 }, (_, at) => `"n${at}":0`).join()}}`;
      return `{"instances":[${row},${row}]}`;
    },
  },
];
/** Ten times the largest body that is taken. */
const MOST_GROWTH_MB = 1000;

for (const variant of ['flask-style', 'flask-style session', 'flask-style threads'] as const)
  describe(`${variant} under attack`, () => {
    let service: ServiceProcess;
    before(async () => {
      service = await startService(PROGRAMS[variant], {
        STUDY_MODEL_NAME: 'half_plus_two',
        STUDY_MODEL_BASE_PATH: `${MODELS}half_plus_two`,
        STUDY_MODEL_VERSION: '1',
      });
    });
    after(() => service[Symbol.asyncDispose]());

    const predict = async (
      body: string | Uint8Array<ArrayBuffer>,
      headers = {},
    ): Promise<{ status: number; body: unknown }> => {
      const url = `${service.url}/v1/models/half_plus_two:predict`;
      const answer = await fetch(url, { method: 'POST', body, headers });
      return { status: answer.status, body: await answer.json() };
    };
    const peakMb = (): number =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1]) / 1024;

    for (const { what, status, text, body, gzip } of ATTACKS)
      it(what, async () => {
        const earlierMb = peakMb();
        const bytes = gzip === true ? gzipSync(body()) : Buffer.from(body());
        const answer = await predict(bytes, gzip === true ? { 'content-encoding': 'gzip' } : {});
        assert.equal(answer.status, status);
        assert.match(errorResponseSchema.parse(answer.body).error, text);
        assert.ok(peakMb() - earlierMb < MOST_GROWTH_MB, `${peakMb() - earlierMb} MB`);
        assert.deepEqual((await predict('{"instances":[1]}')).body, { predictions: [2.5] });
      });
  });
