import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Work } from './record.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Files of one feature: a folder without its tests and, for the naive server, without what was added to scale it. */
interface Part {
  readonly contestant: string;
  readonly feature: string;
  readonly paths: readonly string[];
  /** package.json or requirements.txt whose direct dependencies count for the server. */
  readonly dependenciesOf?: string;
  readonly givenBy?: string;
}

const FLASK = 'flask-style-server/src';
const PARTS: readonly Part[] = [
  {
    contestant: 'flask-style',
    feature: 'load, serve and answer',
    paths: [`${FLASK}/main.ts`, `${FLASK}/server.ts`, `${FLASK}/config.ts`],
    dependenciesOf: 'flask-style-server/package.json',
  },
  {
    contestant: 'flask-style',
    feature: 'read requests, write answers',
    paths: [`${FLASK}/predict-json.ts`, `${FLASK}/tensor-json.ts`],
  },
  { contestant: 'flask-style', feature: 'status and metadata', paths: [`${FLASK}/model-json.ts`] },
  {
    contestant: 'flask-processes',
    feature: 'use more processes',
    paths: [`${FLASK}/scaled/processes`, `${FLASK}/scaled/keep-trying.ts`],
  },
  {
    contestant: 'flask-threads',
    feature: 'use worker threads',
    paths: [`${FLASK}/scaled/threads`, `${FLASK}/scaled/keep-trying.ts`],
  },
  { contestant: 'flask-session', feature: 'run without blocking', paths: [`${FLASK}/scaled/session`] },
  {
    contestant: 'flask-micro-batching',
    feature: 'batch requests',
    paths: [`${FLASK}/scaled/micro-batching`, `${FLASK}/scaled/session`],
  },
  { contestant: 'flask-reload', feature: 'reload a new version', paths: [`${FLASK}/scaled/reload`] },
  {
    contestant: 'flask-control',
    feature: 'serve and answer',
    paths: ['flask-control/app.py'],
    dependenciesOf: 'flask-control/requirements.txt',
  },
  { contestant: 'flask-control-2-workers', feature: 'use more processes', paths: [], givenBy: 'gunicorn --workers' },
  { contestant: 'flask-control-4-threads', feature: 'use threads', paths: [], givenBy: 'gunicorn --threads' },
  { contestant: 'direct-rest', feature: 'serve and answer', paths: [], givenBy: 'TensorFlow Serving' },
  { contestant: 'direct-rest', feature: 'load the model', paths: [], givenBy: '--model_base_path' },
  { contestant: 'direct-rest', feature: 'validate requests', paths: [], givenBy: 'TensorFlow Serving' },
  { contestant: 'direct-rest', feature: 'status and metadata', paths: [], givenBy: 'TensorFlow Serving' },
  { contestant: 'direct-rest', feature: 'reload a new version', paths: [], givenBy: '--file_system_poll_wait_seconds' },
  { contestant: 'direct-rest', feature: 'batch requests', paths: [], givenBy: '--enable_batching' },
  { contestant: 'direct-rest', feature: 'metrics', paths: [], givenBy: '--monitoring_config_file' },
  {
    contestant: 'proxy-rest',
    feature: 'serve and answer',
    paths: [
      'tfserving-proxy/src/main.ts',
      'tfserving-proxy/src/app.ts',
      'tfserving-proxy/src/config.ts',
      'tfserving-proxy/src/upstream/upstream.ts',
      'tfserving-proxy/src/upstream/create-upstreams.ts',
      'tfserving-proxy/src/upstream/rest',
    ],
    dependenciesOf: 'tfserving-proxy/package.json',
  },
  {
    contestant: 'proxy-grpc',
    feature: 'serve and answer',
    paths: [
      'tfserving-proxy/src/main.ts',
      'tfserving-proxy/src/app.ts',
      'tfserving-proxy/src/config.ts',
      'tfserving-proxy/src/upstream/upstream.ts',
      'tfserving-proxy/src/upstream/create-upstreams.ts',
    ],
    dependenciesOf: 'tfserving-proxy/package.json',
  },
  { contestant: 'proxy-grpc', feature: 'translate JSON and tensors', paths: ['tfserving-proxy/src/upstream/grpc'] },
];

/** Counts the sources of this checkout. Throws, naming it, when a listed file is gone: the list must follow the code. */
export function countWork(): Promise<Work> {
  return Promise.all(
    PARTS.map(async ({ contestant, feature, paths, dependenciesOf, givenBy }) => {
      const files = (await Promise.all(paths.map(sourceFiles))).flat();
      const counts = await Promise.all(files.map(codeLines));
      return {
        contestant,
        feature,
        files: files.length,
        lines: counts.reduce((sum, count) => sum + count, 0),
        dependencies: dependenciesOf === undefined ? 0 : await directDependencies(dependenciesOf),
        ...(givenBy === undefined ? {} : { givenBy }),
      };
    }),
  );
}

async function sourceFiles(path: string): Promise<string[]> {
  if (/\.(ts|py)$/.test(path)) return [path];
  const names = await readdir(join(ROOT, path), { recursive: true });
  return names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).map((name) => join(path, name));
}

/** Lines that are neither empty nor comment. Block comments are told by how their lines begin: this project's only form. */
async function codeLines(path: string): Promise<number> {
  const text = await readFile(join(ROOT, path), 'utf8');
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s*(\/\/|\/\*|\*|#|"""|''')/.test(line)).length;
}

const packageSchema = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

async function directDependencies(path: string): Promise<number> {
  const text = await readFile(join(ROOT, path), 'utf8');
  if (path.endsWith('.txt')) return text.split('\n').filter((line) => /^\w/.test(line)).length;
  return Object.keys(packageSchema.parse(JSON.parse(text)).dependencies).length;
}
