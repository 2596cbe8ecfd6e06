import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Cell, Results } from '../record/index.js';
import { emptyResults } from '../report/fixture/fixture-results.js';
import { RunFolder } from '../run-folder/index.js';
import { openSamplesWriter } from '../samples/index.js';
import { aCell, aSample, aTrial } from '../stats/testing/a-trial.js';
import { analyse } from './analyse.js';

const CONTESTANTS = ['flask-style', 'direct-rest', 'proxy-rest'];
const TRIALS = 5;

function cellOf(contestant: string): Cell {
  return aCell(undefined, { id: `headline/cnn-v1-b1-closed-1/${contestant}`, contestant, trials: TRIALS });
}

/** A run of three contestants; what each sends for an input is told. */
async function aRun(parent: string, name: string, bytesOf: (contestant: string) => number): Promise<string> {
  const folder = await RunFolder.create(parent, name);
  const { study } = emptyResults();
  const cells = CONTESTANTS.map(cellOf);
  await folder.writeStudy({ ...study, plan: { ...study.plan, experiments: ['headline'], cells } });
  for (const { id: cell, contestant } of cells)
    for (let block = 0; block < TRIALS; block++) {
      const id = `${cell}#${block}`;
      const samplesFile = `samples/${id.replaceAll('/', '_')}.bin`;
      const samples = Array.from({ length: 1000 }, (_, i) =>
        aSample({ intendedAtNs: i * 1e6, input: i % 4, bytesOut: bytesOf(contestant) }),
      );
      const writer = openSamplesWriter(join(folder.path, samplesFile), { trial: id, cell, contestant });
      for (const sample of samples) writer.append(sample);
      writer.close();
      await folder.appendTrials([aTrial(samples, { id, cell, block, samplesFile }).record]);
    }
  return folder.path;
}

function validity({ cells }: Results): Record<string, boolean> {
  return Object.fromEntries(cells.map(({ cell, valid }) => [cell.contestant, valid]));
}

describe('analyse', () => {
  let parent: string;
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'analyse-'));
  });
  after(() => rm(parent, { recursive: true, force: true }));

  it('writes both latencies of valid cells for other tools, and the same bytes again', async () => {
    const path = await aRun(parent, 'sound', () => 100);
    const read = async (): Promise<string[]> => {
      const names = (await readdir(join(path, 'percentiles'))).sort().map((name) => `percentiles/${name}`);
      return Promise.all(['results.json', ...names].map((name) => readFile(join(path, name), 'utf8')));
    };
    const results = await analyse(path);
    assert.deepEqual(validity(results), { 'flask-style': true, 'direct-rest': true, 'proxy-rest': true });
    const listed = results.files.filter((name) => name.startsWith('percentiles/'));
    assert.equal(listed.length, 6);
    assert.ok(listed.includes('percentiles/headline_cnn-v1-b1-closed-1_direct-rest.service.hgrm'));
    const first = await read();
    assert.equal(first.length, 7);
    assert.match(first[1] ?? '', /Total count\s+=\s+5000\]/);
    await analyse(path);
    assert.deepEqual(await read(), first);
  });

  it('sets a trial aside whose samples file is damaged or gone', async () => {
    const path = await aRun(parent, 'damaged', () => 100);
    const files = (await readdir(join(path, 'samples'))).filter((name) => name.includes('flask-style'));
    await truncate(join(path, 'samples', files[0] ?? ''), 100);
    await rm(join(path, 'samples', files[1] ?? ''));
    const results = await analyse(path);
    assert.deepEqual(
      results.cells[0]?.trials.map(({ valid }) => valid),
      [false, false, true, true, true],
    );
    const gate = results.cells[0].gates.find(({ name }) => name === 'cut');
    assert.match(gate?.detail ?? '', /^2 trials of 5 set aside, .*: 0 of 1000 samples can be read from its file/);
  });

  it('sets a trial aside whose samples file is that of another trial', async () => {
    const path = await aRun(parent, 'mixed-up', () => 100);
    const of = (contestant: string): string => join(path, 'samples', `headline_cnn-v1-b1-closed-1_${contestant}#0.bin`);
    await copyFile(of('direct-rest'), of('flask-style'));
    const { cells } = await analyse(path);
    assert.deepEqual(
      cells[0]?.trials.map(({ valid }) => valid),
      [false, true, true, true, true],
    );
  });

  it('says of a run that was killed that it did not come to its end', async () => {
    const path = await aRun(parent, 'killed', () => 100);
    const folder = RunFolder.at(path);
    const { endedAt: _, interrupted: __, ...study } = await folder.readStudy();
    const { experiments } = study.plan;
    await folder.writeStudy({ ...study, plan: { ...study.plan, experiments: [...experiments, 'capacity'] } });
    const { claims, study: told } = await analyse(path);
    assert.match(told.interrupted ?? '', /its end is not recorded: it was killed/);
    assert.match(
      claims.find(({ claim }) => claim === 'capacity-serving')?.reason ?? '',
      /the run was stopped before this/,
    );
  });

  it('makes cells INVALID that sent other bytes for an input than those they are compared with', async () => {
    const path = await aRun(parent, 'unequal', (contestant) => (contestant === 'proxy-rest' ? 101 : 100));
    const results = await analyse(path);
    assert.deepEqual(validity(results), { 'flask-style': false, 'direct-rest': false, 'proxy-rest': false });
    const gate = results.cells[0]?.gates.find(({ name }) => name === 'equal-bytes');
    assert.match(gate?.detail ?? '', /100 bytes in headline\/.*\/flask-style and with 101 in headline\/.*\/proxy-rest/);
    assert.deepEqual(await readdir(join(path, 'percentiles')), []);
  });
});
