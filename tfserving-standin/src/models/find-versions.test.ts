import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { aspiredVersions } from './aspired-versions.js';
import { findVersions } from './find-versions.js';

describe('versions under a base path', () => {
  let base: string;
  const warnings: string[] = [];
  const log = { info: () => undefined, warning: (text: string) => warnings.push(text), error: () => undefined };
  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'standin-versions-'));
    for (const name of [
      '1',
      '00000123',
      'next',
      '2.5',
      '-4',
      '3 ',
      '9223372036854775807',
      '9223372036854775808',
      '007',
      '7',
    ])
      await mkdir(join(base, name));
    await writeFile(join(base, '42'), 'a file');
  });
  after(() => rm(base, { recursive: true }));

  async function aspired(policy: Parameters<typeof aspiredVersions>[0]['policy'], basePath = base): Promise<bigint[]> {
    const model = { name: 'm', basePath, platform: 'tensorflow', labels: new Map<string, bigint>(), hasLogging: false };
    return [...(await aspiredVersions({ ...model, policy }, log)).keys()];
  }

  it('are the names that are numbers, files too; of equal numbers the last name wins', async () => {
    const versions = await findVersions('m', base);
    assert.deepEqual(
      [...versions].sort(([a], [b]) => (a < b ? -1 : 1)),
      [
        [1n, join(base, '1')],
        [7n, join(base, '7')],
        [42n, join(base, '42')],
        [123n, join(base, '00000123')],
        [9223372036854775807n, join(base, '9223372036854775807')],
      ],
    );
  });

  it('cannot be told without a base path', async () => {
    const missing = join(base, 'none');
    await assert.rejects(findVersions('m', missing), {
      code: 'NOT_FOUND',
      message: `Could not find base path ${missing} for servable m with error NOT_FOUND: ${missing} not found`,
    });
  });

  it('are chosen by the policy', async () => {
    assert.deepEqual(await aspired({ kind: 'latest', count: 1 }), [9223372036854775807n]);
    assert.deepEqual(await aspired({ kind: 'latest', count: 2 }), [9223372036854775807n, 123n]);
    assert.equal((await aspired({ kind: 'all' })).length, 5);
    assert.deepEqual(await aspired({ kind: 'specific', versions: [7n, 8n, 7n] }), [7n]);
    assert.match(
      warnings.join('\n'),
      /Version 8 of servable m, which was requested to be served as a 'specific' version/,
    );
    assert.deepEqual(await aspired({ kind: 'latest', count: 1 }, join(base, '1')), []);
    assert.match(warnings.join('\n'), /No versions of servable m found under base path/);
  });
});
