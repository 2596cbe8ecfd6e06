import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
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

  it('has no trials before there are any', async () => {
    const folder = await RunFolder.create(parent, 'new');
    await folder.mendTrials();
    assert.deepEqual(await folder.readTrials(), []);
  });
});
