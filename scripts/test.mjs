// Runs every compiled test file with node's own runner; arguments narrow the run: `node scripts/test.mjs runtime bench/stats`.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

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
/** Those that take longest begin first: none of them is left for the end. */
const LONGEST = [
  'test/conformance/conformance',
  'test/behaviour/behaviour',
  'test/behaviour/proxy-replicas',
  'test/behaviour/proxy-operations',
  'bench/own-model/open-own-model',
  'test/behaviour/large-requests',
  'test/behaviour/attacks-standin',
  'test/study/study',
  'bench/report/html/browser',
  'test/behaviour/proxy-unanswered',
];
/** Of a file: five times what the longest takes on two idle CPUs. */
const LIMIT_MS = 900_000;

/** `bench/dist/stats/x.test.js` as `bench/stats/x.test.js`. */
const nameOf = (file) => file.replace('/dist/', '/');
/** Where a file is in `LONGEST`; behind all of those when it is not. */
const placeOf = (file) => {
  const place = LONGEST.findIndex((name) => nameOf(file) === `${name}.test.js`);
  return place < 0 ? LONGEST.length : place;
};

const wanted = process.argv.slice(2);
const files = PACKAGES.filter((name) => existsSync(join(name, 'dist')))
  .flatMap((name) =>
    readdirSync(join(name, 'dist'), { recursive: true }).map((file) => join(name, 'dist', String(file))),
  )
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => existsSync(file.replace('/dist/', '/src/').replace(/js$/, 'ts')))
  .filter((file) => wanted.length === 0 || wanted.some((part) => nameOf(file).includes(part)))
  .sort((a, b) => placeOf(a) - placeOf(b));
if (files.length === 0) {
  console.error(`no test file matches ${wanted.join(' ')}`);
  process.exit(1);
}
// Files run with the options of this process: their stacks name the sources.
process.execArgv.push('--enable-source-maps');
// One file more than two CPUs can run: most of them wait for servers much of their time.
run({ files, concurrency: 3, timeout: LIMIT_MS })
  .on('test:fail', () => (process.exitCode = 1))
  .compose(spec)
  .pipe(process.stdout);
