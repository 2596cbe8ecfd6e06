import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'es-module-lexer';
import { z } from 'zod';
import type { Work } from './record.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** A program, and whose lines are not its own: those of the program that it varies, or of what another one reaches. */
interface Part {
  readonly contestant: string;
  readonly feature: string;
  /** Compiled program; what it reaches by import counts. */
  readonly program?: string;
  /** Reached too, but not counted: all that this program reaches, and these files. */
  readonly beyond?: string;
  readonly without?: readonly string[];
  /** Sources whose imports are not followed. */
  readonly sources?: readonly string[];
  /** package.json or requirements.txt whose direct dependencies count for the server. */
  readonly dependenciesOf?: string;
  readonly givenBy?: string;
}

const FLASK = 'flask-style-server/dist';
const PROXY = 'tfserving-proxy/dist';
/** Packages that both services stand on: shown apart, and counted for both. */
const SHARED: Readonly<Record<string, string>> = {
  'serving-kit': 'shared: limits, errors, health, logging',
  'predict-json': 'shared: JSON and tensors',
  runtime: 'call TensorFlow',
  protos: 'read message definitions',
};

const PARTS: readonly Part[] = [
  {
    contestant: 'flask-style',
    feature: 'load, serve and answer',
    program: `${FLASK}/main.js`,
    dependenciesOf: 'flask-style-server/package.json',
  },
  ...(
    [
      ['flask-processes', 'use more processes', 'processes'],
      ['flask-threads', 'use worker threads', 'threads'],
      ['flask-session', 'run without blocking', 'session'],
      ['flask-micro-batching', 'batch requests', 'micro-batching'],
      ['flask-reload', 'reload a new version', 'reload'],
    ] as const
  ).map(([contestant, feature, folder]) => ({
    contestant,
    feature,
    program: `${FLASK}/scaled/${folder}/main.js`,
    beyond: `${FLASK}/main.js`,
  })),
  {
    contestant: 'flask-control',
    feature: 'serve and answer',
    sources: ['flask-control/app.py', 'flask-control/model.py'],
    dependenciesOf: 'flask-control/requirements.txt',
  },
  {
    contestant: 'fastapi',
    feature: 'serve and answer',
    sources: ['flask-control/fastapi_app.py', 'flask-control/model.py'],
    dependenciesOf: 'flask-control/requirements-fastapi.txt',
  },
  { contestant: 'flask-control-2-workers', feature: 'use more processes', givenBy: 'gunicorn --workers' },
  { contestant: 'flask-control-4-threads', feature: 'use threads', givenBy: 'gunicorn --threads' },
  { contestant: 'nginx-rest', feature: 'pass requests on', givenBy: 'proxy_pass' },
  { contestant: 'nginx-grpc', feature: 'pass requests on', givenBy: 'grpc_pass' },
  { contestant: 'direct-rest', feature: 'serve and answer', givenBy: 'TensorFlow Serving' },
  { contestant: 'direct-rest', feature: 'load the model', givenBy: '--model_base_path' },
  { contestant: 'direct-rest', feature: 'validate requests', givenBy: 'TensorFlow Serving' },
  { contestant: 'direct-rest', feature: 'status and metadata', givenBy: 'TensorFlow Serving' },
  { contestant: 'direct-rest', feature: 'reload a new version', givenBy: '--file_system_poll_wait_seconds' },
  { contestant: 'direct-rest', feature: 'batch requests', givenBy: '--enable_batching' },
  { contestant: 'direct-rest', feature: 'metrics', givenBy: '--monitoring_config_file' },
  {
    contestant: 'proxy-rest',
    feature: 'pass requests on',
    program: `${PROXY}/main.js`,
    without: [`${PROXY}/grpc-upstream.js`],
    dependenciesOf: 'tfserving-proxy/package.json',
  },
  {
    contestant: 'proxy-grpc',
    feature: 'pass requests on, as messages',
    program: `${PROXY}/main.js`,
    without: [`${PROXY}/rest-upstream.js`],
    dependenciesOf: 'tfserving-proxy/package.json',
  },
];

/**
 * Counts what each contestant's program reaches by import in the sources of this checkout, by package. Throws, naming it, when
 * a listed file is gone: the list must follow the code.
 */
export async function countWork(): Promise<Work> {
  return (await Promise.all(PARTS.map(countPart))).flat();
}

async function countPart(part: Part): Promise<Work> {
  const { contestant, feature, program, beyond, without = [], sources = [], dependenciesOf, givenBy } = part;
  const taken = beyond === undefined ? new Set<string>() : await reached(join(ROOT, beyond));
  const left = new Set(without.map((file) => join(ROOT, file)));
  const files = program === undefined ? new Set<string>() : await reached(join(ROOT, program), left);
  const byFeature = new Map<string, string[]>([[feature, sources.map((file) => join(ROOT, file))]]);
  for (const file of files) {
    if (taken.has(file)) continue;
    const of = SHARED[relative(ROOT, file).split('/')[0] ?? ''] ?? feature;
    byFeature.set(of, [...(byFeature.get(of) ?? []), file.replace('/dist/', '/src/').replace(/[.]js$/, '.ts')]);
  }
  return await Promise.all(
    [...byFeature].map(async ([name, counted]) => ({
      contestant,
      feature: name,
      files: counted.length,
      lines: (await Promise.all(counted.map(codeLines))).reduce((sum, lines) => sum + lines, 0),
      dependencies: name === feature && dependenciesOf !== undefined ? await directDependencies(dependenciesOf) : 0,
      ...(givenBy === undefined ? {} : { givenBy }),
    })),
  );
}

/** Compiled files of this project that a program loads, itself among them; types leave no import behind. */
async function reached(program: string, without: ReadonlySet<string> = new Set()): Promise<Set<string>> {
  const found = new Set<string>();
  const left = [program];
  for (let file = left.pop(); file !== undefined; file = left.pop()) {
    if (found.has(file) || without.has(file)) continue;
    found.add(file);
    const [imports] = parse(await readFile(file, 'utf8'));
    for (const { specifier: name } of imports) {
      if (name?.startsWith('.') === true) left.push(resolve(dirname(file), name));
      else if (name?.startsWith('@serving-study/') === true)
        left.push(await realpath(createRequire(file).resolve(name)));
    }
  }
  return found;
}

/** Lines that are neither empty nor comment. Block comments are recognised by how their lines begin: this project's only form. */
async function codeLines(file: string): Promise<number> {
  const text = await readFile(file, 'utf8');
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/\*|\*|#|"""|''')/.test(line)).length;
}

const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

async function directDependencies(path: string): Promise<number> {
  const text = await readFile(join(ROOT, path), 'utf8');
  if (path.endsWith('.txt')) return text.split('\n').filter((line) => /^\w/.test(line)).length;
  return Object.keys(packageSchema.parse(JSON.parse(text)).dependencies).length;
}
