import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PROGRAMS } from '../behaviour/programs.js';
import { startService } from '../behaviour/service-process.js';
import { startCli, type Ended } from './run-cli.js';

/** Enough for the whole path, short enough for a test: four contestants, twenty short trials each. */
const TINY = [
  'study',
  '--only',
  'headline,work-by-hand',
  '--contestants',
  'flask-style,direct-rest,direct-grpc,bare-engine',
  '--standin',
  '--time-factor',
  '0.1',
];
const TRIALS = 80;
const PROJECT = new URL('../../../', import.meta.url);
/** What set-up says at its end. */
const SET_UP = /Ready: TensorFlow/;
const POLL_MS = 20;
const LIMIT_MS = 120_000;

interface Results {
  readonly study: {
    readonly parity: { readonly contestants: { readonly contestant: string; readonly outcome: string }[] };
    readonly coldStarts: { readonly contestant: string }[];
    readonly segments: unknown[];
    readonly floors: { readonly payload: string; readonly p50Ms: number; readonly cpuMsPerRequest: number }[];
    readonly ledger: { readonly property: string; readonly values: Readonly<Record<string, string>> }[];
    readonly interrupted?: string;
    readonly contestants: { readonly id: string }[];
    readonly notTested: { readonly subject: string; readonly reason: string }[];
    readonly observations: Readonly<Record<string, unknown>>;
  };
  readonly cells: {
    readonly cell: { readonly contestant: string };
    readonly outcomes: Record<string, number>;
    readonly service: { readonly n: number };
  }[];
  readonly claims: { readonly verdict: string; readonly aboutTensorFlowServing: boolean }[];
  readonly experiments: { readonly id: string; readonly status: string }[];
}

describe('a study from plan to report', () => {
  let out: string;
  const parent = (): string => join(out, 'stopped');
  before(async () => {
    out = await mkdtemp(join(tmpdir(), 'study-test-'));
  });
  after(() => rm(out, { recursive: true, force: true }));

  it('ends cleanly on Ctrl-C with a report of what was measured', async () => {
    const run = startCli([...TINY, '--out', parent()]);
    await until(() => trialIds(parent()).length > 0);
    run.child.kill('SIGINT');
    const { code, output } = await run.ended;
    assert.equal(code, 130, output);
    const folder = await onlyRun(parent());
    assert.match((await readResults(folder)).study.interrupted ?? '', /stopped/);
    assert.ok(existsSync(join(folder, 'report.html')));
  });

  it('goes on where it was stopped, checks every answer and writes the report', async () => {
    const folder = await onlyRun(parent());
    const measured = trialIds(parent());
    assert.ok(measured.length < TRIALS, 'the run ended before it was stopped');
    assertCompleted(await startCli(['study', '--standin', '--resume', folder]).ended);
    const all = trialIds(parent());
    assert.equal(all.length, TRIALS);
    assert.equal(new Set(all).size, TRIALS);
    assert.deepEqual(all.slice(0, measured.length), measured);
    const results = await readResults(folder);
    const { study } = results;
    assert.equal(study.segments.length, 2);
    assert.deepEqual(
      study.parity.contestants.map(({ contestant, outcome }) => `${contestant} ${outcome}`),
      ['flask-style same', 'direct-rest same', 'direct-grpc same'],
    );
    // Two ask the same model server, and one of them saw it start. The bare engine's first run may take longer than its moment.
    assert.deepEqual(
      study.coldStarts.map(({ contestant }) => contestant).filter((id) => id !== 'bare-engine'),
      ['flask-style', 'direct-rest'],
    );
    assert.deepEqual(study.floors.map(({ payload }) => payload).sort(), ['json', 'tensor-content']);
    assert.ok(study.floors.every(({ p50Ms, cpuMsPerRequest }) => p50Ms > 0 && cpuMsPerRequest > 0));
    const generator = study.ledger.find(({ property }) => property === 'load generator');
    assert.deepEqual(Object.keys(generator?.values ?? {}).sort(), ['direct-grpc', 'direct-rest', 'flask-style']);
    assert.equal(study.ledger.find(({ property }) => property === 'oneDNN kernels')?.values['flask-style'], 'off');
    assert.deepEqual(results.cells.map(({ cell }) => cell.contestant).sort(), [
      'bare-engine',
      'direct-grpc',
      'direct-rest',
      'flask-style',
    ]);
    for (const { cell, outcomes, service } of results.cells) {
      assert.ok(service.n > 0, `${cell.contestant} answered nothing`);
      assert.equal(outcomes['wrong-answer'], 0, `${cell.contestant} gave wrong answers`);
    }
    assert.ok(
      results.claims
        .filter(({ aboutTensorFlowServing }) => aboutTensorFlowServing)
        .every(({ verdict }) => verdict === 'NOT TESTED'),
      'the stand-in decided a claim about TensorFlow Serving',
    );
    assert.deepEqual(
      results.experiments.map(({ id, status }) => `${id} ${status}`),
      ['headline measured', 'work-by-hand measured'],
    );
    for (const file of ['report.html', 'report.md', 'study.json', 'trials.jsonl', 'percentiles'])
      assert.ok(existsSync(join(folder, file)), `${file} is missing`);
  });

  it('makes the same results again from the files alone, and judges them for a pipeline', async () => {
    const folder = await onlyRun(parent());
    const before = await readFile(join(folder, 'results.json'), 'utf8');
    const markdown = await readFile(join(folder, 'report.md'), 'utf8');
    const args = ['report', folder, '--json', '--fail-on', 'p50(headline/flask-style)>0.0001'];
    const { code, output } = await startCli(args).ended;
    assert.equal(code, 3, output);
    // On a busy machine the cell may be INVALID: then nobody knows its figure, which misses the threshold too.
    assert.match(output, /Threshold missed: p50\(headline\/flask-style\)>0\.0001: /);
    assert.match(output, /"verdicts": \[/);
    assert.equal(await readFile(join(folder, 'results.json'), 'utf8'), before);
    assert.equal(await readFile(join(folder, 'report.md'), 'utf8'), markdown);
  });

  it('measures servers that run already, and builds no models for them that they do not serve', async () => {
    const targets = join(out, 'targets');
    const models = fileURLToPath(new URL('../../../models', import.meta.url));
    await using server = await startService(PROGRAMS['flask-style'], {
      STUDY_MODEL_NAME: 'fashion-cnn',
      STUDY_MODEL_BASE_PATH: join(models, 'fashion-cnn'),
    });
    const args = ['--only', 'headline,complexity', '--time-factor', '0.1', '--out', targets];
    assertCompleted(await startCli(['bench', '--targets', `flask-style=${server.url}`, ...args]).ended);
    const { study, cells } = await readResults(await onlyRun(targets));
    assert.deepEqual(
      cells.map(({ cell }) => cell.contestant),
      ['flask-style'],
    );
    assert.equal(cells[0]?.outcomes['wrong-answer'], 0);
    assert.match(
      study.notTested.find(({ subject }) => subject === 'cnn-d16')?.reason ?? '',
      /no target serves it: .*answered 404/,
    );
  });

  it('says what is wrong with the command line', async () => {
    const dtypes = fileURLToPath(new URL('../../conformance/models/dtypes', import.meta.url));
    const requests = join(out, 'beyond-json.jsonl');
    await writeFile(requests, `{"signature_name":"i64","instances":[${2n ** 53n + 1n}]}`);
    const beyondJson = ['--model', dtypes, '--signature', 'i64', '--requests', requests, '--only', 'headline'];
    const wrong: [string[], RegExp][] = [
      [['study', '--only', 'nothing'], /no experiment or claim is called nothing; there are: headline/],
      [
        ['study', '--tfserving-url', 'http://127.0.0.1:9', '--only', 'headline', '--contestants', 'flask-style'],
        /nothing answers at http:\/\/127.0.0.1:9.*\n {2}because: connect ECONNREFUSED/,
      ],
      [
        ['bench', '--targets', 'flask-style=http://127.0.0.1:9'],
        /nothing can be measured: no target .*\n {2}fashion-cnn: .*ECONNREFUSED/,
      ],
      [
        ['bench', '--targets', 'flask-style=http://127.0.0.1:9', ...beyondJson],
        /nothing can be measured: .*\n {2}flask-style: .*2\^53/,
      ],
      [
        ['study', '--contestants', 'flask-style', ...beyondJson],
        /nothing can be measured: .*\n {2}flask-style: .*2\^53/,
      ],
      [['report', join(out, 'nowhere')], /is not a run folder/],
      [['report', '--compare', 'a', 'b', '--json'], /--fail-on and --json are for one run/],
      [['report', '--compare', ...Array<string>(27).fill('a')], /--compare takes 2 to 26 run folders/],
      [['study', '--standin', '--tfserving-url', 'http://h:1'], /leave one of them out/],
      [['study', '--time-factor', '1e9'], /a number above 0, 1000 at most/],
      [['study', '--tfserving-grpc', 'h:1'], /the server at --tfserving-url: name that too/],
    ];
    const ended = await Promise.all(wrong.map(([args]) => startCli(args).ended));
    assert.doesNotMatch(ended[0]?.output ?? '', SET_UP);
    for (const [at, { code, output }] of ended.entries()) {
      assert.equal(code, 1, output);
      assert.match(output, wrong[at]?.[1] ?? /$^/);
    }
  });

  it('tells its version, and ids, variables and examples in its help', async () => {
    assert.match((await startCli(['--version']).ended).output, /^\d+\.\d+\.\d+\n$/);
    const { output } = await startCli(['bench', '--help']).ended;
    for (const told of [
      'work-by-hand',
      'flask-micro-batching',
      'TFSERVING_IMAGE',
      '--fail-on',
      'npm run bench -- --targets',
    ])
      assert.ok(output.includes(told), `${told} is not in the help`);
  });

  it('sets up before it measures, and prints nothing but its own on standard output', async () => {
    const options = ['--only', 'work-by-hand', '--standin', '--json', '--out', join(out, 'json')];
    const command = ['run', '--silent', 'study', '--', ...options];
    const { stdout, stderr } = await promisify(execFile)('npm', command, { cwd: PROJECT });
    assert.ok('verdicts' in (JSON.parse(stdout) as object));
    assert.match(stderr, SET_UP);
  });

  it('prints a plan without starting or fetching anything', async () => {
    const { code, output } = await startCli(['study', '--dry-run', '--profile', 'standard', '--out', join(out, 'dry')])
      .ended;
    assert.equal(code, 0, output);
    assert.match(output, /Profile standard: \d+ cells, about/);
    assert.doesNotMatch(output, SET_UP);
    assert.equal(existsSync(join(out, 'dry')), false);
  });
});

/** 2 says that nothing in the run is valid, which a busy machine can do to such short trials. */
function assertCompleted({ code, output }: Ended): void {
  assert.ok(code === 0 || code === 2, output);
}

async function onlyRun(parent: string): Promise<string> {
  const [name, ...more] = await readdir(parent);
  assert.ok(name !== undefined && more.length === 0, `one run folder expected in ${parent}`);
  return join(parent, name);
}

async function readResults(folder: string): Promise<Results> {
  return JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results;
}

/** Ids of the finished trials of the only run below `parent`; none while there is no run yet. */
function trialIds(parent: string): string[] {
  try {
    const [name] = readdirSync(parent);
    const lines = readFileSync(join(parent, name ?? '', 'trials.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as { id: string }).id);
  } catch {
    // Not written yet: the run is still starting its servers.
    return [];
  }
}

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`the condition did not come true within ${LIMIT_MS / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
