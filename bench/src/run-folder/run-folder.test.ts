import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, symlink, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { aStudy } from '../record/testing/a-study.js';
import { aTrial } from '../stats/testing/a-trial.js';
import { RunFolder } from './index.js';

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
      /full\/trials\.jsonl cannot be written: the disk is full: make room/,
    );
    await symlink('/dev/full', join(folder.path, `.study.json.${process.pid}.part`));
    await assert.rejects(folder.writeStudy(aStudy()), /full\/study\.json cannot be written: the disk is full/);
    assert.deepEqual((await readdir(folder.path)).sort(), ['logs', 'samples', 'trials.jsonl']);
    await assert.rejects(
      RunFolder.create(join(folder.path, 'trials.jsonl'), 'x'),
      /trials\.jsonl\/x cannot be written/,
    );
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

  it('has no trials before there are any', async () => {
    const folder = await RunFolder.create(parent, 'new');
    await folder.mendTrials();
    assert.deepEqual(await folder.readTrials(), []);
  });
});
