// Runs every compiled test file with node's own runner; arguments narrow the run: `node scripts/test.mjs runtime bench/stats`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = [
  'protos',
  'http2',
  'runtime',
  'setup',
  'serving-kit',
  'predict-json',
  'tfserving-json',
  'flask-style-server',
  'tfserving-proxy',
  'tfserving-standin',
  'bench',
  'test',
];
const wanted = process.argv.slice(2);
const files = PACKAGES.filter((name) => existsSync(join(name, 'dist')))
  .flatMap((name) =>
    readdirSync(join(name, 'dist'), { recursive: true }).map((file) => join(name, 'dist', String(file))),
  )
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => existsSync(file.replace('/dist/', '/src/').replace(/js$/, 'ts')))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.replace('/dist/', '/').includes(part)));
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(1);
}
// Two files at a time: most of them wait for servers. A test that hangs ends with its name.
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--test', '--test-concurrency=2', '--test-timeout=240000', '--test-reporter=spec', ...files],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
