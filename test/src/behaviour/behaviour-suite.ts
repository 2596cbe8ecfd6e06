import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { modelBasePath, readGolden, readManifest } from '@serving-study/bench';
import {
  errorResponseSchema,
  metadataPath,
  metadataResponseSchema,
  parseServerTiming,
  predictPath,
  statusPath,
  statusResponseSchema,
} from '@serving-study/serving-kit';
import { assertClose } from './assert-close.js';
import type { Contestant, RunningContestant } from './contestants.js';

const manifest = await readManifest();
const cnn = manifest.models.find(({ name }) => name === 'fashion-cnn') ?? assert.fail('there is no fashion-cnn');
const CNN = { name: cnn.name, basePath: modelBasePath(cnn) };
const MULTI_IO = {
  name: 'multi_io',
  basePath: fileURLToPath(new URL('../../conformance/models/multi_io', import.meta.url)),
};

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** The same inputs, the same answers and the same errors from every contestant. */
export function describeBehaviour(contestant: Contestant): void {
  describe(contestant.name, { skip: contestant.missing ?? false }, () => {
    describeImageModel(contestant);
    describeSeveralInputs(contestant);
  });
}

function describeImageModel(contestant: Contestant): void {
  let server: RunningContestant;
  let images: unknown[];
  let golden: (readonly number[])[];
  before(async () => {
    server = await contestant.start(CNN);
    const { cases, instanceShape } = await readGolden(cnn, 2);
    assert.deepEqual(instanceShape, [28, 28, 1]);
    images = cases.map(({ input }) => nested(input));
    golden = cases.map(({ expected }) => [...expected]);
  });
  after(() => server.stop());

  const it_ = caseOf(contestant);
  const predict = (body: unknown, path = predictPath({ model: CNN.name })): Promise<Answer> => post(server, path, body);

  it_('row format: Python’s predictions', async () => {
    const { status, headers, body } = await predict({ instances: images });
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assertClose(body, { predictions: golden });
  });

  it_('columnar format, plain and named', async () => {
    assertClose((await predict({ inputs: images })).body, { outputs: golden });
    assertClose((await predict({ inputs: { image: images } })).body, { outputs: golden });
    assertClose((await predict({ instances: images.map((image) => ({ image })) })).body, { predictions: golden });
  });

  it_('an image as base64', async () => {
    const { cases } = await readGolden(cnn, 2);
    const instances = cases
      .slice(0, 3)
      .map(({ input }) => ({ b64: Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('base64') }));
    assertClose((await predict({ signature_name: 'raw_bytes', instances })).body, { predictions: golden.slice(0, 3) });
    const named = instances.map((image) => ({ image_bytes: image }));
    assertClose((await predict({ signature_name: 'raw_bytes', instances: named })).body, {
      predictions: golden.slice(0, 3),
    });
  });

  it_('many requests at once get their own answers', async () => {
    const answers = await Promise.all(images.map((image) => predict({ instances: [image] })));
    for (const [at, { status, body }] of answers.entries()) {
      assert.equal(status, 200);
      assertClose(body, { predictions: [golden[at]] });
    }
  });

  it_('a version by number', async () => {
    const { status, body } = await predict({ instances: [images[0]] }, predictPath({ model: CNN.name, version: '2' }));
    assert.equal(status, 200);
    assertClose(body, { predictions: [golden[0]] });
  });

  it_('status', async () => {
    for (const path of [statusPath({ model: CNN.name }), statusPath({ model: CNN.name, version: '2' })]) {
      const { status, body } = await get(server, path);
      assert.equal(status, 200);
      assert.deepEqual(statusResponseSchema.parse(body).model_version_status[0], {
        version: '2',
        state: 'AVAILABLE',
        status: { error_code: 'OK', error_message: '' },
      });
    }
  });

  it_('metadata', async () => {
    const { status, body } = await get(server, metadataPath({ model: CNN.name }));
    assert.equal(status, 200);
    const { model_spec: spec, metadata } = metadataResponseSchema.parse(body);
    assert.deepEqual([spec.name, spec.version], [CNN.name, '2']);
    const image = metadata.signature_def.signature_def['serving_default']?.inputs['image'];
    assert.equal(image?.dtype, 'DT_FLOAT');
    assert.deepEqual(
      image.tensor_shape.dim.map(({ size }) => size),
      ['-1', '28', '28', '1'],
    );
  });

  const refusals: [what: string, request: () => Promise<Answer>, status: number, text: RegExp][] = [
    ['an empty body', () => predict(''), 400, /^JSON Parse error: /],
    ['JSON that breaks off', () => predict('{"instances": [[1'), 400, /^JSON Parse error: /],
    ['text that is no JSON', () => predict('hello'), 400, /^JSON Parse error: /],
    ['JSON that is no object', () => predict([1]), 400, /./],
    ['neither instances nor inputs', () => predict({}), 400, /Missing 'inputs' or 'instances' key/],
    [
      'both instances and inputs',
      () => predict({ instances: [images[0]], inputs: [images[0]] }),
      400,
      /'inputs' or 'instances'/,
    ],
    ['no instances', () => predict({ instances: [] }), 400, /./],
    ['instances that are no list', () => predict({ instances: 5 }), 400, /./],
    ['text for numbers', () => predict({ instances: [replaced(images[0], 'x')] }), 400, /./],
    ['null for a number', () => predict({ instances: [replaced(images[0], null)] }), 400, /./],
    ['a boolean for a number', () => predict({ instances: [replaced(images[0], true)] }), 400, /./],
    ['ragged lists', () => predict({ instances: [[[[1], [2]], [[3]]]] }), 400, /./],
    ['rows of different shapes', () => predict({ instances: [images[0], [[[1]]]] }), 400, /./],
    [
      'a shape the graph cannot use',
      () =>
        predict({
          instances: [
            [1, 2],
            [3, 4],
          ],
        }),
      400,
      /./,
    ],
    ['an unknown input', () => predict({ instances: [{ picture: images[0] }] }), 400, /./],
    ['a missing input', () => predict({ inputs: { picture: images } }), 400, /./],
    ['an unknown signature', () => predict({ signature_name: 'nope', instances: [1] }), 400, /nope/],
    [
      'an unknown model',
      () => predict({ instances: [1] }, predictPath({ model: 'other' })),
      404,
      /^Servable not found for request: Latest\(other\)$/,
    ],
    [
      'an unknown version',
      () => predict({ instances: [1] }, predictPath({ model: CNN.name, version: '99' })),
      404,
      /^Servable not found for request: Specific\(fashion-cnn, 99\)$/,
    ],
    [
      'a broken body for an unknown model',
      () => predict('{', predictPath({ model: 'other' })),
      400,
      /^JSON Parse error: /,
    ],
    [
      'the status of an unknown model',
      () => get(server, statusPath({ model: 'other' })),
      404,
      /^Could not find any versions of model other$/,
    ],
    [
      'the status of an unknown version',
      () => get(server, statusPath({ model: CNN.name, version: '99' })),
      404,
      /^Could not find version 99 of model fashion-cnn$/,
    ],
    [
      'GET for predict',
      () => get(server, predictPath({ model: CNN.name })),
      400,
      /^Malformed request: GET \/v1\/models\/fashion-cnn:predict$/,
    ],
    [
      'PUT for predict',
      () => send(server, 'PUT', predictPath({ model: CNN.name }), '{}'),
      400,
      /^Malformed request: PUT /,
    ],
    [
      'a verb that is none',
      () => predict('{}', `${statusPath({ model: CNN.name })}:guess`),
      400,
      /^Malformed request: POST /,
    ],
  ];
  for (const [what, request, status, text] of refusals)
    it_(what, async () => {
      const answer = await request();
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
      assert.match(errorResponseSchema.strict().parse(answer.body).error, text);
    });

  it_('serves on after all that', async () => {
    assertClose((await predict({ instances: [images[1]] })).body, { predictions: [golden[1]] });
  });

  if (contestant.isOurs)
    it('health, readiness, metrics, timing', async () => {
      assert.equal((await get(server, '/healthz')).status, 200);
      assert.equal((await get(server, '/readyz')).status, 200);
      const { headers } = await predict({ instances: [images[0]] });
      const phases = Object.keys(parseServerTiming(headers.get('server-timing') ?? ''));
      assert.ok(phases.includes(contestant.name.includes('proxy') ? 'upstream' : 'inference'), String(phases));
      // by REST, TensorFlow Serving does not say which version answered
      if (!contestant.name.endsWith('by rest')) assert.equal(headers.get('x-model-version'), '2');
      const page = await fetch(`${server.url}/metrics`);
      assert.match(await page.text(), /study_request_seconds_bucket\{le="[^"]+",route="[a-z]+",status="200"\}/);
    });
}

function describeSeveralInputs(contestant: Contestant): void {
  let server: RunningContestant;
  before(async () => {
    server = await contestant.start(MULTI_IO);
  });
  after(() => server.stop());

  const it_ = caseOf(contestant);
  const predict = (body: unknown): Promise<Answer> => post(server, predictPath({ model: MULTI_IO.name }), body);

  it_('several inputs and outputs, row format', async () => {
    const instances = [
      { a: [1, 2], b: 3 },
      { a: [4, 5], b: 6 },
    ];
    const predictions = [
      { weighted: [10, 200], total: 6 },
      { weighted: [40, 500], total: 15 },
    ];
    assertClose((await predict({ instances })).body, { predictions });
  });

  it_('several inputs and outputs, columnar format', async () => {
    const answer = await predict({ inputs: { a: [[1, 2]], b: [3], not_used: 'x' } });
    assertClose(answer.body, { outputs: { weighted: [[10, 200]], total: [6] } });
  });

  it_('float32 values come back exactly', async () => {
    const values = [1 / 3, 1e-30, 16777217, 3.4e37, 0.1, -7.7e-5, 1e-5, 123456.789];
    const { body } = await predict({ inputs: { a: values.map((value) => [value, 0]), b: values } });
    const { weighted } = (body as { outputs: { weighted: number[][] } }).outputs;
    const expected = values.map((value) => Math.fround(Math.fround(value) * 10));
    assert.deepEqual(
      weighted.map(([first]) => Math.fround(first ?? Number.NaN)),
      expected,
    );
  });

  for (const [what, body] of [
    ['a plain list for several inputs', { instances: [[1, 2]] }],
    ['a row without one of the inputs', { instances: [{ a: [1, 2] }] }],
    ['a row with an input too many', { instances: [{ a: [1, 2], b: 3, c: 4 }] }],
    ['rows with different inputs', { instances: [{ a: [1, 2], b: 3 }, { a: [1, 2] }] }],
    ['a column that is missing', { inputs: { a: [[1, 2]] } }],
  ] as const)
    it_(what, async () => {
      const { status, body: answer } = await predict(body);
      assert.equal(status, 400, JSON.stringify(answer));
      assert.ok(errorResponseSchema.parse(answer).error.length > 0);
    });
}

/** `it`, unless the contestant has a stated difference of that name. */
function caseOf({ differences }: Contestant): (name: string, run: () => Promise<void>) => void {
  return (name, run) => void it(name, { skip: differences[name] ?? false }, run);
}

function nested(image: Float32Array): unknown {
  return Array.from({ length: 28 }, (_, row) =>
    Array.from({ length: 28 }, (_column, column) => [image[row * 28 + column]]),
  );
}

/** The image with another value for its last pixel. */
function replaced(image: unknown, value: unknown): unknown {
  return (image as unknown[][]).map((row, at) => (at === 27 ? [...row.slice(0, 27), [value]] : row));
}

async function send({ url, headers }: RunningContestant, method: string, path: string, body?: string): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const post = (server: RunningContestant, path: string, body: unknown): Promise<Answer> =>
  send(server, 'POST', path, typeof body === 'string' ? body : JSON.stringify(body));
const get = (server: RunningContestant, path: string): Promise<Answer> => send(server, 'GET', path);
