import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RunFolder } from '../run-folder/index.js';
import { writePercentileFiles } from './percentile-files.js';

const TEXTS = { service: 'sent\n', response: 'intended\n' };

const cells = (...ids: string[]): Map<string, typeof TEXTS> => new Map(ids.map((id) => [id, TEXTS]));

describe('percentile files', () => {
  let parent: string;
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'percentiles-'));
  });
  after(() => rm(parent, { recursive: true, force: true }));

  it('are two for each cell, named after it', async () => {
    const folder = await RunFolder.create(parent, 'named');
    const names = await writePercentileFiles(folder, cells('headline/cnn-v2-b1-closed-1/direct-grpc'));
    assert.deepEqual(names, [
      'percentiles/headline_cnn-v2-b1-closed-1_direct-grpc.service.hgrm',
      'percentiles/headline_cnn-v2-b1-closed-1_direct-grpc.response.hgrm',
    ]);
    assert.deepEqual(await Promise.all(names.map((name) => readFile(join(folder.path, name), 'utf8'))), [
      'sent\n',
      'intended\n',
    ]);
  });

  it('stay inside their folder whatever the id holds, and no two ids meet', async () => {
    const folder = await RunFolder.create(parent, 'safe');
    const ids = ['a/b', 'a_b', 'a~5f~b', '../../a', 'ä b', 'a\\b:c', ''];
    const names = await writePercentileFiles(folder, cells(...ids));
    assert.equal(new Set(names).size, 2 * ids.length);
    assert.ok(
      names.every((name) => /^percentiles\/[\w.~-]*\.(service|response)\.hgrm$/.test(name)),
      names.join(' '),
    );
    assert.equal((await readdir(folder.percentiles)).length, 2 * ids.length);
  });

  it('of a cell that is INVALID now are taken away; other files stay', async () => {
    const folder = await RunFolder.create(parent, 'again');
    await writePercentileFiles(folder, cells('a', 'b'));
    await writeFile(join(folder.percentiles, 'notes.txt'), '');
    await writePercentileFiles(folder, cells('b'));
    assert.deepEqual((await readdir(folder.percentiles)).sort(), ['b.response.hgrm', 'b.service.hgrm', 'notes.txt']);
  });
});
