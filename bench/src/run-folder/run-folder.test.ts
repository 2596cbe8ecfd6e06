import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { writeServingConfig } from '../contestants/serving/serving-config.js';
import { aStudy } from '../record/testing/a-study.js';
import { aTrial } from '../stats/testing/a-trial.js';
import type { Results } from '../record/index.js';
import { emptyResults } from '../report/fixture/fixture-results.js';
import { openSamplesWriter } from '../samples/index.js';
import { readResults, RunFolder, UnwritableError } from './index.js';

describe('a run folder', () => {
  let parent: string;
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'run-folder-'));
  });
  after(() => rm(parent, { recursive: true, force: true }));

  it('goes on behind a last line that a kill cut off', async () => {
    const folder = await RunFolder.create(parent, 'cut');
    for (const id of ['a', 'b']) await folder.appendTrials([aTrial([], { id }).record]);
    const file = join(folder.path, 'trials.jsonl');
    await truncate(file, (await stat(file)).size - 200);
    await folder.mendTrials();
    await folder.appendTrials([aTrial([], { id: 'c' }).record]);
    assert.deepEqual(
      (await folder.readTrials()).map(({ id }) => id),
      ['a', 'c'],
    );
    const whole = await readFile(file);
    await folder.mendTrials();
    assert.deepEqual(await readFile(file), whole);
  });

  it('says which file a full disk does not take, and leaves no part of it', async () => {
    const folder = await RunFolder.create(parent, 'full');
    await symlink('/dev/full', join(folder.path, 'trials.jsonl'));
    const { record } = aTrial([], { id: 'a' });
    await assert.rejects(
      folder.appendTrials([record]),
      /full\/trials\.jsonl cannot be written: the disk is full: make room$/,
    );
    await symlink('/dev/full', join(folder.path, `.study.json.${process.pid}.part`));
    await assert.rejects(
      folder.writeStudy(aStudy()),
      /full\/study\.json cannot be written: the disk is full: make room$/,
    );
    assert.deepEqual((await readdir(folder.path)).sort(), ['logs', 'samples', 'trials.jsonl']);
    await assert.rejects(
      RunFolder.create(join(folder.path, 'trials.jsonl'), 'x'),
      /trials\.jsonl\/x cannot be written: .*; --out names another folder$/,
    );
  });

  it('says what to do where files may not grow any more, and keeps what is in them', async () => {
    const folder = await RunFolder.create(parent, 'small');
    const { record } = aTrial([], { id: 'a' });
    const script = `
      const { RunFolder } = await import(${JSON.stringify(new URL('index.js', import.meta.url).href)});
      const folder = RunFolder.at(${JSON.stringify(folder.path)});
      const record = ${JSON.stringify(record)};
      for (let i = 0; i < 100; i++) await folder.appendTrials([{ ...record, id: String(i) }]);
    `;
    const limited = 'ulimit -f 4; exec "$0" --input-type=module --eval "$1"';
    await assert.rejects(
      promisify(execFile)('bash', ['-c', limited, process.execPath, script]),
      /small\/trials\.jsonl cannot be written: no file may be so large here: raise the limit \(ulimit -f\)/,
    );
    const ids = (await folder.readTrials()).map(({ id }) => Number(id));
    assert.ok(ids.length > 5 && ids.every((id, at) => id === at));
    const { size } = await stat(join(folder.path, 'trials.jsonl'));
    await folder.mendTrials();
    assert.equal((await stat(join(folder.path, 'trials.jsonl'))).size, size, 'no part of a line is left');
  });

  it('blames the folder, not a server, where a configuration cannot be written', async () => {
    const launch = { model: 'm', modelVersion: 1, modelBasePath: '/m', factors: {} };
    await assert.rejects(writeServingConfig(launch, '/m', '/dev/null/x.log'), UnwritableError);
    assert.throws(() => openSamplesWriter('/dev/null/x', { trial: '', cell: '', contestant: '' }), UnwritableError);
  });

  it('takes of a block that was measured twice the later trials', async () => {
    const folder = await RunFolder.create(parent, 'twice');
    for (const samplesFile of ['first', 'second']) await folder.appendTrials([aTrial([], { samplesFile }).record]);
    await folder.appendTrials([aTrial([], { samplesFile: 'third', cut: true }).record]);
    assert.deepEqual(
      (await folder.readTrials()).map(({ samplesFile }) => samplesFile),
      ['second'],
    );
  });

  it('says of a record that an older version wrote why it cannot be read, and what to do', async () => {
    const folder = await RunFolder.create(parent, 'older');
    const { plan, ...study } = aStudy({ versions: { study: '9716f97' } });
    const { expectedMs: _, ...older } = plan;
    const file = join(folder.path, 'study.json');
    await writeFile(file, JSON.stringify({ ...study, plan: older }));
    await assert.rejects(
      folder.readStudy(),
      /older\/study\.json is not what its format says: another version .* with version 9716f97, .*or measure again[^]*expectedMs/,
    );
    await writeFile(file, JSON.stringify({ ...study, plan, formatVersion: 0 }));
    await assert.rejects(folder.readStudy(), /has format 0, and this version reads format 1: another version/);
    await writeFile(file, '{"id":');
    await assert.rejects(folder.readStudy(), /study\.json is not whole: restore it from a copy, or measure again/);
  });

  it('says which line of the trials is damaged, and what to do', async () => {
    const folder = await RunFolder.create(parent, 'damaged');
    for (const id of ['a', 'b']) await folder.appendTrials([aTrial([], { id }).record]);
    const file = join(folder.path, 'trials.jsonl');
    const [first = '', second = ''] = (await readFile(file, 'utf8')).split('\n');
    for (const [line, wrong] of [
      [first.slice(0, 50), /line 1 of .*damaged\/trials\.jsonl is damaged: delete it/],
      [first.replace('{', '{"later":1,'), /line 1 of .* with the version that made the run; or delete it[^]*later/],
    ] as const) {
      await writeFile(file, `${line}\n${second}\n`);
      await assert.rejects(folder.readTrials(), wrong);
    }
  });

  it('has no trials before there are any, which is not so where they cannot be read', async () => {
    const folder = await RunFolder.create(parent, 'new');
    await folder.mendTrials();
    assert.deepEqual(await folder.readTrials(), []);
    await mkdir(join(folder.path, 'trials.jsonl'));
    await assert.rejects(folder.readTrials(), /EISDIR/);
    await assert.rejects(folder.mendTrials(), /EISDIR/);
  });
});

describe('results.json', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'results-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const written = async (record: object): Promise<Results> => {
    await writeFile(join(folder, 'results.json'), JSON.stringify(record));
    return readResults(folder);
  };

  it('is read when its format is known', async () => {
    assert.deepEqual(await written(emptyResults()), emptyResults());
  });

  it('says of an older format why it cannot be read, and what to do', async () => {
    await assert.rejects(
      written({ ...emptyResults(), formatVersion: 1 }),
      /has format 1, and this version reads format 2: npm run report -- .* makes it again from the samples/,
    );
  });

  it('says what is wrong with one that is not what its format says, and that there is none', async () => {
    await assert.rejects(written({ formatVersion: 2 }), /is not what its format says: .*study/s);
    await writeFile(join(folder, 'results.json'), '{"study":');
    await assert.rejects(readResults(folder), /is not whole: npm run report -- .* makes it again/);
    await assert.rejects(readResults(join(folder, 'nowhere')), /has no results\.json: is it a run folder\?/);
  });
});
