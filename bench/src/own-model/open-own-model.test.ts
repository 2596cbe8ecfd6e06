import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { PROJECT_ROOT } from '../models/project-root.js';
import type { ModelOptions, OwnModel } from '../record/index.js';
import { resultsSchema } from '../record/index.js';
import { elementsOf, type PreparedRequest } from '../requests/index.js';
import { questionsFor } from '../questions/index.js';
import { inProcess, subjectOf, whyNotFed } from '../questions/subject.js';
import { openOwnModel } from './open-own-model.js';

const run = promisify(execFile);
const PYTHON = join(PROJECT_ROOT, '.cache', 'venv', 'bin', 'python');
const MAKE = join(PROJECT_ROOT, 'bench', 'src', 'own-model', 'testing', 'make_models.py');
const CLI = join(PROJECT_ROOT, 'bench', 'dist', 'cli.js');

let folder: string;
let kinds: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-model-test-'));
  kinds = join(folder, 'kinds');
  await run(PYTHON, [MAKE, folder]);
});
after(() => rm(folder, { recursive: true }));

interface Opened {
  readonly own: OwnModel;
  readonly requests: readonly PreparedRequest[];
}

async function opened(signature: string, more: Partial<ModelOptions> = {}, before?: OwnModel): Promise<Opened> {
  const model = { path: kinds, signature, ...more };
  await using zoo = await openOwnModel({
    model,
    before,
    seed: 1,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const { own } = zoo;
  assert.ok(own !== undefined);
  const payload = own.requests.jsonBytes === null ? 'tensor-content' : 'json';
  return { own, requests: (await zoo.golden(own.name, own.version)).prepare({ batch: 1, payload }) };
}

/** What each signature gives that is opened with nothing said: loading the model takes a second. */
const asItIs = new Map<string, Promise<Opened>>();
function plainly(signature: string): Promise<Opened> {
  const known = asItIs.get(signature) ?? opened(signature);
  asItIs.set(signature, known);
  return known;
}

const WEIGHTS = join('variables', 'variables.data-00000-of-00001');

/** A copy of the model with something done to it. */
async function changed(name: string, change: (path: string) => Promise<void>): Promise<string> {
  const path = join(folder, name);
  await cp(kinds, path, { recursive: true });
  await change(path);
  return path;
}

/** Makes StringUpper an op that nobody knows. */
async function renameOp(path: string): Promise<void> {
  const file = join(path, 'saved_model.pb');
  const text = await readFile(file, 'latin1');
  await writeFile(file, text.replaceAll('StringUpper', 'StringUppez'), 'latin1');
}

async function requestFile(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('a user’s own model', () => {
  it('answers by TensorFlow itself: strings, and integers with every digit', async () => {
    const requests = await requestFile(
      'words.jsonl',
      '{"signature_name":"words","instances":["2"]}\n{"inputs":["1","ö"]}\n',
    );
    const { own, requests: prepared } = await opened('words', { requests });
    const [first, second] = prepared.map(({ outputs }) =>
      Object.fromEntries(outputs.map(({ name, tensor }) => [name, Array.from(elementsOf(tensor))])),
    );
    assert.deepEqual(first?.['id'], [2n ** 62n + 1n]);
    assert.deepEqual(
      [second?.['id'], second?.['loud']?.map((bytes) => Buffer.from(bytes as Uint8Array).toString())],
      [
        [1n, -1n],
        ['1', 'ö'],
      ],
    );
    assert.equal(prepared[1]?.body.toString(), '{"signature_name":"words","inputs":["1","ö"]}');
    assert.deepEqual(
      [own.requests.kind, own.requests.used, own.notBatchable],
      ['recorded', 2, 'the requests hold several instances each already'],
    );
  });

  it('is asked with whole tensors where its answers have no row for each instance', async () => {
    const { own, requests } = await opened('uneven');
    assert.match(requests[0]?.body.toString() ?? '', /^\{"signature_name":"uneven","inputs":\{"scale":0\.\d+,"x":\[\[/);
    assert.match(own.notBatchable ?? '', /the first dimension of scale is not open/);
    const rows = await requestFile('rows.jsonl', '{"instances":[{"x":[1,2,3],"scale":1}]}');
    await assert.rejects(
      opened('uneven', { requests: rows }),
      /rows\.jsonl does not fit .*input scale has the shape \[1\]/,
    );
  });

  it('leaves out who loses digits of its requests, before anybody is started', async () => {
    const requests = await requestFile('long.jsonl', '{"inputs":[1]}\n{"inputs":[-9007199254740993]}\n');
    const { own } = await opened('plain', { requests });
    assert.match(own.digitsLost ?? '', /long\.jsonl line 2 holds a whole number beyond 2\^53 in id: /);
    const fed = ['flask-style', 'flask-session', 'proxy-grpc', 'proxy-rest', 'direct-rest'].map(
      (id) => whyNotFed({ own }, id) === undefined,
    );
    assert.deepEqual(fed, [false, false, false, true, true]);
    assert.equal(inProcess({ own }), 'flask-control');
    const claims = questionsFor(subjectOf(own)).flatMap((question) => question.claims);
    const first = claims.find(({ id }) => id === 'single-request-direct-rest');
    assert.deepEqual(first && 'over' in first && first.over, { contestant: 'flask-control' });
    assert.ok(claims.every(({ id }) => id !== 'express-stands-for-flask'));
  });

  it('may answer with more rows than it got', async () => {
    const requests = await requestFile('flat.jsonl', '{"signature_name":"flat","instances":[[1,2,3],[4,5,6]]}');
    const { own, requests: prepared } = await opened('flat', { requests });
    assert.deepEqual([prepared[0]?.format, prepared[0]?.outputs[0]?.tensor.shape], ['row', [6]]);
    assert.equal(own.requests.used, 1);
    const uneven = await requestFile('uneven.jsonl', '{"instances":[[1,2,3],[4,5,6]]}\n{"instances":[[1,2,3]]}\n');
    await assert.rejects(
      opened('named', { requests: uneven }),
      /uneven\.jsonl line 2 asks by "instances", and the output \w+ has not as many rows as the others/,
    );
  });

  it('has inputs of any type made up, in the range and sizes that are given', async () => {
    for (const [signature, from] of [
      ['half', 'numbers from 0 to 1'],
      ['double', 'numbers from 0 to 1'],
      ['image', 'bytes'],
      ['words', 'numbers from 0 to 9 as text'],
    ] as const)
      assert.equal((await plainly(signature)).own.requests.from, from);
    assert.match((await plainly('half')).own.bindingCannot ?? '', /no type half/);
    const { requests } = await opened('words', { range: [2, 2] });
    assert.equal(requests[3]?.body.toString(), '{"signature_name":"words","instances":["2"]}');
    await assert.rejects(
      opened('image', { range: [0, 300] }),
      /--range 0\.\.300 does not fit input image, which is uint8: 0 to 255/,
    );
    await assert.rejects(
      opened('image', { dims: { x: [2] } }),
      /--dims x: the signature has no such input; it has image/,
    );
  });

  it('that is not deterministic is noticed, with the reason', async () => {
    const reasons = [(await opened('dropout')).own.varies, (await opened('counter')).own.varies];
    assert.match(reasons[0]?.[0]?.reason ?? '', /RandomUniform draws random numbers/);
    assert.match(reasons[1]?.[0]?.reason ?? '', /AssignAddVariableOp changes a variable/);
    assert.deepEqual((await plainly('double')).own.varies, []);
  });

  it('is exported where it is a Keras file, with sizes for its open dimensions', async () => {
    const path = join(folder, 'lstm.keras');
    const { own, requests } = await opened('serving_default', { path, dims: { series: [5] } });
    assert.deepEqual([own.name, own.version, own.parameters], ['lstm', 1, 4 * 4 * (2 + 4 + 1) + 4 * 3 + 3]);
    assert.deepEqual(
      [...(requests[0]?.inputs.values() ?? [])].map(({ shape }) => shape),
      [[1, 5, 2]],
    );
  });

  it('may hold a graph for a GPU beside the one for serving', async () => {
    const path = join(folder, 'devices');
    assert.equal((await opened('double', { path })).own.version, 1);
    const env = { ...process.env, STUDY_MODEL_NAME: 'devices', STUDY_MODEL_BASE_PATH: path };
    const flask = { cwd: join(PROJECT_ROOT, 'flask-control'), env };
    const { stdout } = await run(PYTHON, ['-c', 'import model; print(*model.SIGNATURES)'], flask);
    assert.match(stdout, /\bdouble\b/);
  });

  it('is refused in one sentence for what cannot be served', async () => {
    const broken = await changed('broken', (path) => truncate(join(path, 'saved_model.pb'), 500));
    const bare = join(folder, 'bare');
    await mkdir(bare);
    await cp(join(kinds, 'saved_model.pb'), join(bare, 'saved_model.pb'));
    for (const [path, why] of [
      [broken, /is damaged or was not copied whole/],
      [bare, /there is no variables\/variables\.index/],
      [folder, /no saved_model\.pb, nor a folder named by a version/],
      [join(folder, 'nothing'), /there is nothing of that name/],
      [
        await changed('huge', (path) => truncate(join(path, WEIGHTS), 2 ** 42)),
        /4096\.0 GiB .* no server could hold it/,
      ],
      [await changed('custom', renameOp), /custom needs the op StringUppez, which TensorFlow does not have by itself/],
    ] as const)
      await assert.rejects(opened('words', { path }), why);
    await assert.rejects(
      opened('serving'),
      /no signature serving: it has counter, double, .*; choose one with --signature/,
    );
  });

  it('is refused in one sentence for requests that it cannot take', async () => {
    for (const [text, why] of [
      ['', /is empty/],
      [
        '{"instances":["1"]}\n{"instances":[1]}',
        /line 2 does not fit the signature words: .*not of expected type: string/,
      ],
      [
        '{"instances":["1"]}\n{"instances":[["1"]]}',
        /line 2 .*input word has the shape \[1, 1\], the model wants \[\?\]/,
      ],
      ['{"instances":["1"]}\n{"instances":[', /line 2 is no JSON/],
      ['{"signature_name":"half","instances":[1]}', /asks for the signature half; give --signature half/],
      ['{"rows":[]}', /Missing 'inputs' or 'instances' key/],
      ['[]', /its list is empty/],
    ] as const)
      await assert.rejects(opened('words', { requests: await requestFile('bad.jsonl', text) }), why);
    await assert.rejects(opened('words', { requests: join(folder, 'none.jsonl') }), /cannot be read \(ENOENT\)/);
    const log = await requestFile('log.jsonl', '');
    await truncate(log, 2 ** 30);
    await assert.rejects(opened('words', { requests: log }), /has more than 64 MiB: give a part of it/);
  });

  it('is refused in one sentence for requests that fail inside it', async () => {
    const requests = await requestFile('ids.jsonl', '{"instances":[1]}\n{"instances":[7]}\n');
    await assert.rejects(
      opened('lookup', { requests }),
      /^Error: ids\.jsonl line 2 fails inside [^\n]*kinds: [^\n]*7 is not in \[0, 2\)[^\n]*$/,
    );
    await assert.rejects(opened('lookup', { range: [5, 9] }), /generated request 1 fails .*with --dims and --range$/);
    assert.equal((await opened('lookup', { range: [0, 1] })).own.requests.used, 16);
  });

  it('is updated to another one with the same signature, asked before anything is served', async () => {
    const others = await requestFile('others.jsonl', '{"instances":["2"]}\n{"instances":["3"]}\n');
    const { own } = await opened('words', { modelV2: join(folder, 'next'), requests: others });
    assert.deepEqual([own.update.version, own.update.path, own.update.answersAlike], [2, join(folder, 'next'), false]);
    // To some requests both give the same answer: the answers do not tell which version they are of.
    const requests = await requestFile('one.jsonl', '{"signature_name":"words","instances":["1"]}');
    assert.equal((await opened('words', { modelV2: join(folder, 'next'), requests })).own.update.answersAlike, true);
    assert.equal((await plainly('words')).own.update.answersAlike, true);
    await assert.rejects(
      opened('lookup', { modelV2: join(folder, 'narrow'), range: [0, 1] }),
      /--model-v2 .*narrow: its signature lookup has other inputs or outputs than --model/,
    );
    const custom = await changed('custom-v2', renameOp);
    await assert.rejects(opened('words', { modelV2: custom }), /custom-v2 needs the op StringUppez/);
  });

  it('is the same, with the same requests, where a run goes on', async () => {
    const path = await changed('kept', () => Promise.resolve());
    const requests = await requestFile('kept.jsonl', '{"inputs":["1"]}\n{"inputs":["2"]}\n');
    const modelV2 = await changed('kept-v2', () => Promise.resolve());
    const options = { path, requests, modelV2 };
    const { own } = await opened('words', options);
    const before = { ...own, requests: { ...own.requests, used: 1 }, predictionMs: { one: 400, more: 3 } };
    const again = await opened('words', options, before);
    assert.deepEqual(again.own, before);
    assert.equal(again.requests.length, 1);
    for (const [file, what] of [
      [join(modelV2, 'note.txt'), /the next version .*kept-v2 has changed since the run began/],
      [requests, /the file of requests .*kept\.jsonl has changed/],
      [join(path, 'note.txt'), /the model .*kept has changed since the run began: put it back as it was/],
    ] as const) {
      await writeFile(file, '{"inputs":["2"]}\n');
      await assert.rejects(opened('words', options, before), what);
    }
  });
});

it('a study of the user’s own model tells of it and leaves out who cannot be fed', { timeout: 180_000 }, async () => {
  const out = join(folder, 'runs');
  const args = [
    'study',
    '--standin',
    '--model',
    kinds,
    '--signature',
    'half',
    '--only',
    'headline',
    '--out',
    out,
    '--json',
  ];
  const contestants = ['--contestants', 'flask-session,direct-rest,direct-grpc,bare-engine', '--time-factor', '0.05'];
  const study = run(process.execPath, [CLI, ...args, ...contestants], { cwd: folder });
  // 2 says that nothing in the run is valid, which a busy machine can do to such short trials.
  const { stdout } = await study.catch((error: unknown) => {
    const ended = error as { readonly code: number; readonly stdout: string };
    if (ended.code !== 2) throw error;
    return ended;
  });
  const { folder: path } = JSON.parse(stdout) as { folder: string };
  const { study: record, cells } = resultsSchema.parse(JSON.parse(await readFile(join(path, 'results.json'), 'utf8')));
  assert.deepEqual(
    (record.parity?.contestants ?? []).map(({ contestant, outcome }) => [contestant, outcome]),
    [
      ['flask-session', 'cannot feed'],
      ['direct-rest', 'cannot feed'],
      ['direct-grpc', 'same'],
    ],
  );
  const measured = cells.filter(({ trials }) => trials.length > 0);
  assert.deepEqual(
    measured.map(({ cell, outcomes }) => [cell.contestant, outcomes['wrong-answer']]),
    [
      ['direct-grpc', 0],
      ['bare-engine', 0],
    ],
  );
  const page = await readFile(join(path, 'report.md'), 'utf8');
  assert.match(page, /^# Two ways to serve kinds/);
  assert.match(page, /Inputs: x: half \\\[any, 2\\\]/);
});
