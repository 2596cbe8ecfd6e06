import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../process/index.js';
import { describeVersions } from './machine.js';

describe('the version of a checkout', () => {
  it('is the commit, and what was changed since', async () => {
    await using folder = await temporaryFolder('checkout-');
    const file = join(folder.path, 'file');
    const author = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@localhost'];
    const git = (...args: readonly string[]): Buffer => execFileSync('git', args, { cwd: folder.path });
    const versionWith = async (text: string): Promise<string | undefined> => {
      await writeFile(file, text);
      return (await describeVersions(folder.path))['study'];
    };
    git('init', '--quiet');
    await writeFile(file, 'first');
    git('add', 'file');
    git(...author, 'commit', '--quiet', '--message', 'first');
    const clean = await versionWith('first');
    const [one, other] = [await versionWith('one'), await versionWith('other')];
    assert.match(clean ?? '', /^[0-9a-f]+$/);
    assert.match(one ?? '', new RegExp(`^${clean}-dirty-[0-9a-f]{7}$`));
    assert.notEqual(one, other);
    assert.equal(await versionWith('one'), one);
  });

  it('says so where there is none', async () => {
    await using folder = await temporaryFolder('checkout-');
    assert.equal((await describeVersions(folder.path))['study'], 'not a git checkout');
  });
});
