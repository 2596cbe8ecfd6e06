import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  SERVICE_SETTINGS,
  createLogger,
  errorResponseSchema,
  loadConfig,
  metadataResponseSchema,
  parseServerTiming,
  statusResponseSchema,
  type RunningServer,
} from '@serving-study/serving-kit';
import { MODEL_SETTINGS, type ModelConfig } from './config.js';
import { loadSessionModel } from './scaled/session/session-model.js';
import { findVersion, loadModel, serve, type Model } from './server.js';

const CONFORMANCE = fileURLToPath(new URL('../../test/conformance/', import.meta.url));

const opened: RunningServer[] = [];
after(async () => {
  for (const server of opened) await server.drain(0);
});

/** Serves one model on a free port; returns the address below which the models are. */
async function start(
  modelName: string,
  env: Record<string, string> = {},
  load: (config: ModelConfig) => Promise<Model> = loadModel,
): Promise<string> {
  const config = loadConfig(
    { ...SERVICE_SETTINGS, ...MODEL_SETTINGS },
    { STUDY_MODEL_NAME: modelName, STUDY_MODEL_BASE_PATH: `${CONFORMANCE}models/${modelName}`, ...env },
  );
  const server = await serve(await load(config), config, createLogger('test', 'silent'));
  opened.push(server);
  return `${server.url}/v1/models/`;
}

/** NaN and infinities stand bare in answers, which JSON.parse does not take: here they are read as text. */
function jsonFromText(text: string): unknown {
  return JSON.parse(text.replaceAll(/-?\b(?:NaN|Infinity)\b/g, '"$&"'));
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

async function ask(url: string, init?: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  return { status: answer.status, headers: answer.headers, body: jsonFromText(await answer.text()) };
}

function predict(models: string, path: string, body: unknown): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return ask(`${models}${path}:predict`, { method: 'POST', body: text });
}

const errorOf = (answer: Answer): string => errorResponseSchema.parse(answer.body).error;

describe('flask-style server', () => {
  let half: string;
  let multi: string;
  before(async () => {
    half = await start('half_plus_two', { STUDY_MODEL_VERSION: '1', STUDY_BODY_LIMIT_BYTES: '100000' });
    multi = await start('multi_io');
  });

  it('answers the row and the columnar format, one input and several', async () => {
    assert.deepEqual((await predict(half, 'half_plus_two', { instances: [1, 2, 5] })).body, {
      predictions: [2.5, 3, 4.5],
    });
    assert.deepEqual((await predict(half, 'half_plus_two', { instances: [{ x: 1 }, { x: 2 }] })).body, {
      predictions: [2.5, 3],
    });
    assert.deepEqual((await predict(half, 'half_plus_two', { inputs: [1, 2] })).body, { outputs: [2.5, 3] });
    assert.deepEqual((await predict(half, 'half_plus_two', { inputs: { x: [1, 2], extra: 0 } })).body, {
      outputs: [2.5, 3],
    });
    const rows = [
      { a: [1, 2], b: 3 },
      { a: [4, 5], b: 6 },
    ];
    assert.deepEqual((await predict(multi, 'multi_io', { instances: rows })).body, {
      predictions: [
        { weighted: [10, 200], total: 6 },
        { weighted: [40, 500], total: 15 },
      ],
    });
    assert.deepEqual((await predict(multi, 'multi_io', { inputs: { a: [[1, 2]], b: [3] } })).body, {
      outputs: { weighted: [[10, 200]], total: [6] },
    });
  });

  it('says which version answered and where the time went', async () => {
    const { headers } = await predict(half, 'half_plus_two/versions/1', { instances: [1] });
    assert.equal(headers.get('x-model-version'), '1');
    const timing = parseServerTiming(headers.get('server-timing') ?? '');
    assert.deepEqual(Object.keys(timing), ['parse', 'inference', 'serialise']);
  });

  it('loads the newest version by default', async () => {
    const newest = await start('half_plus_two');
    assert.deepEqual((await predict(newest, 'half_plus_two', { instances: [1] })).body, { predictions: [12.5] });
    const answer = await ask(`${newest}half_plus_two`);
    assert.equal(statusResponseSchema.parse(answer.body).model_version_status[0]?.version, '2');
  });

  it('describes itself', async () => {
    const metadata = await ask(`${multi}multi_io/metadata`);
    const { signature_def: signatures } = metadataResponseSchema.parse(metadata.body).metadata.signature_def;
    assert.equal(signatures['serving_default']?.inputs['a']?.dtype, 'DT_FLOAT');
    assert.deepEqual(
      signatures['serving_default'].inputs['a'].tensor_shape.dim.map(({ size }) => size),
      ['-1', '2'],
    );
    assert.equal((await ask(new URL('/readyz', multi).href)).status, 200);
  });

  const refusals: [what: string, body: unknown, text: RegExp][] = [
    ['an empty body', '', /^JSON Parse error: The document is empty$/],
    ['broken JSON', '{"instances": [1', /^JSON Parse error: /],
    ['JSON that is no object', [1], /^JSON Value: \[\.\.\.\] Is not object$/],
    ['neither key', {}, /^Missing 'inputs' or 'instances' key$/],
    ['both keys', { instances: [1], inputs: [1] }, /only one of 'inputs' or 'instances'/],
    ['no instances', { instances: [] }, /No values in 'instances' array/],
    [
      'an unknown signature',
      { signature_name: 'nope', instances: [1] },
      /^Serving signature name: "nope" not found in signature def$/,
    ],
    [
      'a signature name that is no text',
      { signature_name: 1, instances: [1] },
      /'signature_name' key must be a string value/,
    ],
    ['text for numbers', { instances: ['1'] }, /JSON Value: "1" is not of expected type: float$/],
    ['null for a number', { instances: [null] }, /JSON Value: null is not of expected type: float$/],
    ['a boolean for a number', { instances: [true] }, /JSON Value: true is not of expected type: float$/],
    ['ragged lists', { instances: [[1, 2], [3]] }, /list at unexpected size: 1 at level: 1 expected size: 2$/],
    ['an unknown input', { instances: [{ y: 1 }] }, /must be equal to: x$/],
    ['rows that differ', { instances: [{ x: 1 }, 2] }, /must be equal to: x/],
    ['a missing column', { inputs: { y: [1] } }, /Missing named input: x in 'inputs' object/],
  ];
  for (const [what, body, text] of refusals)
    it(`refuses ${what}`, async () => {
      const answer = await predict(half, 'half_plus_two', body);
      assert.equal(answer.status, 400);
      assert.match(errorOf(answer), text);
    });

  it('takes base64 in every spelling of the standard alphabet, and no other', async () => {
    const strings = await start('strings');
    const isTaken = async (b64: string): Promise<boolean> =>
      (await predict(strings, 'strings', { signature_name: 'bytes_only', instances: [{ b64 }] })).status === 200;
    for (const text of ['', 'aGk=', 'aGk', 'aA==', 'aA', 'a G\nk=', '+/+/', 'aGk=\t'])
      assert.ok(await isTaken(text), text);
    for (const text of ['aGk==', 'aGk-', 'aGk_', 'a', 'aA=', 'aGkA====', 'aG=k', 'aGk=aGk=', 'aGkñ', 'aGk!', '='])
      assert.ok(!(await isTaken(text)), text);
  });

  describe('with numbers of every type', () => {
    let binding: string;
    let session: string;
    before(async () => {
      binding = await start('dtypes');
      session = await start('dtypes', {}, loadSessionModel);
    });
    const exact: [signature: string, instances: string][] = [
      ['i64', '[9007199254740993,9223372036854775807,-9223372036854775808,0]'],
      ['i32', '[2147483647,-2147483648]'],
      ['u8', '[0,255]'],
      ['bool', '[true,false]'],
      ['f32', '[0.5,-0.0,3.4028234663852886e+38]'],
    ];
    const exactInSession: typeof exact = [
      ['f64', '[0.1,-0.0,1.7976931348623157e+308]'],
      ['i8', '[127,-128]'],
      ['i16', '[32767,-32768]'],
      ['u32', '[4294967295]'],
      ['u64', '[9007199254740993,18446744073709551615]'],
    ];
    const refused: typeof exact = [
      ['i64', '[9223372036854775808]'],
      ['i64', '[-9223372036854775809]'],
      ['i64', '[9007199254740993.0]'],
      ['i64', '[1.5]'],
      ['i32', '[2147483648]'],
      ['u8', '[256]'],
      ['u8', '[-1]'],
      ['bool', '[1]'],
      ['f32', '[1e39]'],
      ['str', '["\\ud800"]'],
      ['half', '[1]'],
      ['bf16', '[1]'],
    ];
    const refusedInSession: typeof exact = [
      ['i8', '[128]'],
      ['i16', '[-32769]'],
      ['u32', '[-1]'],
      ['u64', '[-1]'],
      ['u64', '[18446744073709551616]'],
      ['f64', '[1e400]'],
      ['cast_half', '[1]'],
    ];
    const send = async (models: string, [signature, instances]: (typeof exact)[number]): Promise<[number, string]> => {
      const body = `{"signature_name":"${signature}","instances":${instances}}`;
      const answer = await fetch(`${models}dtypes:predict`, { method: 'POST', body });
      return [answer.status, await answer.text()];
    };

    it('gives back what it gets, digit by digit', async () => {
      for (const request of exact)
        for (const models of [binding, session])
          assert.deepEqual(await send(models, request), [200, `{"predictions":${request[1]}}`]);
      for (const request of exactInSession) {
        assert.deepEqual(await send(session, request), [200, `{"predictions":${request[1]}}`]);
        const [status, text] = await send(binding, request);
        assert.equal(status, 501);
        assert.match(text, /binding has no type/);
      }
    });

    it('refuses what does not fit', async () => {
      for (const request of refused)
        for (const models of [binding, session]) assert.equal((await send(models, request))[0], 400, String(request));
      for (const request of refusedInSession) assert.equal((await send(session, request))[0], 400, String(request));
    });
  });

  it('refuses models and versions it does not have', async () => {
    const unknown = await predict(half, 'other', { instances: [1] });
    assert.equal(unknown.status, 404);
    assert.equal(errorOf(unknown), 'Servable not found for request: Latest(other)');
    const version = await predict(half, 'half_plus_two/versions/9', { instances: [1] });
    assert.equal(errorOf(version), 'Servable not found for request: Specific(half_plus_two, 9)');
    const status = await ask(`${half}other`);
    assert.equal(status.status, 404);
    assert.equal(errorOf(status), 'Could not find any versions of model other');
    const broken = await predict(half, 'other', '{');
    assert.equal(broken.status, 400, 'a body that does not parse is noticed first, as in TensorFlow Serving');
  });

  it('refuses bodies over the limit', async () => {
    const answer = await predict(half, 'half_plus_two', ' '.repeat(100_001));
    assert.equal(answer.status, 413);
  });

  it('lists a model without versions as a clear failure to start', async () => {
    await assert.rejects(findVersion(`${CONFORMANCE}models/empty`), /has no version folder; it has: none/);
    await assert.rejects(findVersion(`${CONFORMANCE}models/half_plus_two`, '7'), /has no version 7; it has: 2, 1/);
  });
});

interface Vector {
  readonly id: string;
  readonly group: string;
  readonly note: string;
  /** A body or an answer that is not UTF-8 is recorded under another name. */
  readonly request: { readonly method: string; readonly path: string; readonly body?: string };
  readonly response: { readonly status: number; readonly body?: string };
}

/** Recordings that this server answers differently, with the reason. */
const DIFFERENT: Record<string, string> = {
  'rest.predict.017': 'JSON.parse takes the last of duplicate keys',
  'rest.predict.018': 'JSON.parse takes the last of duplicate keys',
  'rest.predict.019': 'JSON.parse refuses what follows the root',
  'rest.predict.020': 'JSON.parse refuses a byte order mark',
};

describe('flask-style server beside a recorded TensorFlow Serving', () => {
  const servers = new Map<string, Promise<string>>();
  const serverOf = (name: string, version: string | undefined): Promise<string> => {
    const key = `${name}/${version ?? ''}`;
    const server = servers.get(key) ?? start(name, version === undefined ? {} : { STUDY_MODEL_VERSION: version });
    servers.set(key, server);
    return server;
  };
  const vectors = readFileSync(`${CONFORMANCE}rest.jsonl`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Vector)
    .filter(
      ({ group, request, response }) =>
        ['rest.predict', 'rest.cnn', 'rest.strings'].includes(group) &&
        response.status === 200 &&
        typeof request.body === 'string' &&
        typeof response.body === 'string',
    );

  for (const { id, note, request, response } of vectors) {
    const [, name, version] = /^\/v1\/models\/([a-z_]+)(?:\/versions\/(\d+))?:predict$/.exec(request.path) ?? [];
    if (name === undefined) continue;
    it(`${id} ${note}`, { skip: DIFFERENT[id] }, async () => {
      const answer = await predict(
        await serverOf(name, version),
        request.path.slice('/v1/models/'.length, -':predict'.length),
        request.body,
      );
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assertClose(answer.body, jsonFromText(response.body ?? ''));
    });
  }
});

function assertClose(got: unknown, want: unknown): void {
  if (typeof got === 'number' && typeof want === 'number')
    assert.ok(Math.abs(got - want) <= 1e-5 * Math.max(1, Math.abs(want)), `${got} is not ${want}`);
  else if (Array.isArray(got) && Array.isArray(want)) {
    assert.equal(got.length, want.length);
    for (const [at, entry] of got.entries()) assertClose(entry, want[at]);
  } else if (typeof got === 'object' && got !== null && typeof want === 'object' && want !== null) {
    assert.deepEqual(Object.keys(got).sort(), Object.keys(want).sort());
    for (const [key, value] of Object.entries(got)) assertClose(value, (want as Record<string, unknown>)[key]);
  } else assert.deepEqual(got, want);
}
