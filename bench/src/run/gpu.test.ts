import assert from 'node:assert/strict';
import { mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { hasOpen } from './gpu.js';

it('sees which files a process has open', { skip: process.platform !== 'linux' && 'reads /proc' }, async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'gpu-test-')));
  const path = join(folder, 'device');
  try {
    const file = await open(path, 'w');
    assert.equal(await hasOpen(process.pid, path), true);
    await file.close();
    assert.equal(await hasOpen(process.pid, path), false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
