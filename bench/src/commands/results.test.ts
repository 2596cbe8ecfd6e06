import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { PROJECT_ROOT } from '../models/index.js';
import type { Results } from '../record/index.js';
import { emptyResults, fixtureResults, interruptedResults } from '../report/fixture/fixture-results.js';
import { addResults, indexResults } from './results.js';

const README = '# Study\n\n<!-- results:begin -->\n<!-- results:end -->\n\nMore.\n';
let root: string;
let said: string[];
const say = (text: string): void => {
  said.push(text);
};
const published = (): Promise<string[]> => readdir(join(root, 'docs/results')).catch(() => []);
const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');

beforeEach(async () => {
  said = [];
  root = await mkdtemp(join(tmpdir(), 'results-test-'));
  await writeFile(join(root, 'README.md'), README);
});
afterEach(() => rm(root, { recursive: true }));

async function runFolder(results: unknown): Promise<string> {
  const folder = await mkdtemp(join(root, 'run-'));
  await writeFile(join(folder, 'results.json'), JSON.stringify(results));
  return folder;
}

function at(id: string, startedAt: string, results = fixtureResults()): Results {
  return { ...results, study: { ...results.study, id, startedAt } };
}

describe('a run that is published', () => {
  it('is kept with its report and without its samples', async () => {
    const folder = await runFolder(fixtureResults());
    await mkdir(join(folder, 'samples'));
    await addResults(folder, root, say);
    const id = fixtureResults().study.id;
    assert.deepEqual((await published()).sort(), [id, 'README.md', 'index.html']);
    const kept = await readdir(join(root, 'docs/results', id));
    assert.deepEqual(kept.sort(), ['charts', 'report.html', 'report.md', 'results.json']);
    assert.match(said.join('\n'), /Added .*, 0\.\d\d MB compressed\nIndex of 1 published run:/);
  });

  it('stands in the index, the newest first, and the newest in the README', async () => {
    const older = fixtureResults();
    const claims = older.claims.map((claim, i) => (i === 0 ? { ...claim, verdict: 'CONFIRMED' as const } : claim));
    await addResults(await runFolder(at('new', '2026-08-03T00:00:00.000Z')), root, say);
    await addResults(await runFolder(at('old', '2026-08-01T00:00:00.000Z', { ...older, claims })), root, say);
    const index = await read('docs/results/README.md');
    assert.match(index, /\| \[new\]\(\.\/new\/report\.md\) .*AMD EPYC 7B13, 2 CPUs.*2\.20\.0/);
    assert.match(index, /\| Claim \| new \| old \|/);
    assert.match(
      index,
      /\| A proxy answers a single request faster\. \| \*\*REFUTED\*\*<br>.* \| \*\*CONFIRMED\*\*<br>/,
    );
    assert.match(await read('docs/results/index.html'), /<a href="\.\/new\/report\.html">new<\/a>/);
    const readme = await read('README.md');
    assert.match(readme, /^# Study\n\n<!-- results:begin -->\n[^]*\n<!-- results:end -->\n\nMore\.\n$/);
    assert.match(readme, /\*\*REFUTED\*\*<br>1\.87× [^|]*\| A proxy answers a single request faster\./);
    assert.doesNotMatch(readme, /\| \*\*NOT TESTED\*\*/);
    await indexResults(root, say);
    assert.equal(await read('README.md'), readme, 'the same runs give the same table');
  });

  const half = fixtureResults();
  const refused: Readonly<Record<string, readonly [unknown, RegExp]>> = {
    'was stopped': [interruptedResults(), /not complete \(stopped by Ctrl-C after 41 s\): npm run study -- --resume/],
    'did not measure all': [
      { ...half, cells: half.cells.map((cell, i) => (i === 0 ? { ...cell, trials: [] } : cell)) },
      /not complete \(1 of \d+ cells were not measured/,
    ],
    'had the stand-in': [fixtureResults('stand-in'), /a stand-in took the place of TensorFlow Serving/],
    'measured nothing': [emptyResults(), /TensorFlow Serving was asked nothing/],
    'is not valid': [
      { ...half, cells: half.cells.map((cell) => ({ ...cell, valid: false })) },
      /not valid: its report says why/,
    ],
    'is of another format': [{ ...half, formatVersion: 1 }, /has format 1, and this version reads format 2/],
    'names another folder': [at('..', half.study.startedAt), /its id "\.\." is no folder name/],
  };
  for (const [what, [results, why]] of Object.entries(refused))
    it(`is refused by name when it ${what}, and nothing is written`, async () => {
      await assert.rejects(addResults(await runFolder(results), root, say), why);
      assert.deepEqual(await published(), []);
      assert.equal(await read('README.md'), README);
    });

  it('is refused a second time', async () => {
    const folder = await runFolder(fixtureResults());
    await addResults(folder, root, say);
    await assert.rejects(addResults(folder, root, say), /is there already/);
  });
});

it('without a run there is no page that would grow old', async () => {
  await indexResults(root, say);
  assert.deepEqual(await published(), ['README.md']);
});

it('the index and the table of this project are what the command makes', async () => {
  for (const path of ['README.md', 'docs/results'])
    await cp(join(PROJECT_ROOT, path), join(root, path), { recursive: true });
  await indexResults(root, say);
  // The page changes with the style of all pages: it is made again with the next run.
  for (const file of ['README.md', 'docs/results/README.md'])
    assert.equal(await read(file), await readFile(join(PROJECT_ROOT, file), 'utf8'), `${file}: npm run results`);
});
