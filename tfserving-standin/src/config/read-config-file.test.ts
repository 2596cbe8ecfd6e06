import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfigFile } from './read-config-file.js';

describe('configuration files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standin-config-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function read(name: string, text?: string): Promise<{ details: string[]; result: Promise<unknown> }> {
    const path = join(folder, name);
    if (text !== undefined) await writeFile(path, text);
    const details: string[] = [];
    const result = readConfigFile(path, 'MonitoringConfig', ({ detail }) => details.push(detail));
    await result.catch(() => undefined);
    return { details, result };
  }

  it('are read as messages', async () => {
    const { result } = await read('good', 'prometheus_config { enable: true path: "/x" }');
    assert.deepEqual(JSON.parse(JSON.stringify(await result)), { prometheus_config: { enable: true, path: '/x' } });
  });

  it('that cannot be used are refused with the texts of the real server', async () => {
    await assert.rejects((await read('missing')).result, {
      code: 'NOT_FOUND',
      message: `${join(folder, 'missing')}; No such file or directory`,
    });
    await assert.rejects((await read('empty', '')).result, {
      code: 'INVALID_ARGUMENT',
      message: `${join(folder, 'empty')}; Invalid argument`,
    });
    const bad = await read('bad', 'prometheus { }');
    await assert.rejects(bad.result, {
      code: 'INVALID_ARGUMENT',
      message: `Invalid protobuf file: '${join(folder, 'bad')}'`,
    });
    assert.deepEqual(bad.details, [
      'Error parsing text-format tensorflow.serving.MonitoringConfig: ' +
        '1:12: Message type "tensorflow.serving.MonitoringConfig" has no field named "prometheus".',
    ]);
  });
});
