import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { engineEnvironment } from '../engine-environment.js';
import { servingFlags, writeServingConfig } from './serving-config.js';

const PROJECT = new URL('../../../../', import.meta.url);

it('docker-compose.yml gives TensorFlow Serving what the study gives it', async () => {
  const launch = { model: 'm', modelVersion: 1, modelBasePath: '/m', factors: {} };
  const compose = await readFile(new URL('docker-compose.yml', PROJECT), 'utf8');
  const [service = ''] = /^ {2}tfserving:\n(?: {3,}.*\n)+/m.exec(compose) ?? [];
  for (const flag of servingFlags(launch, '/serving-study-config'))
    if (!flag.startsWith('--model_config_file=')) assert.ok(service.includes(`- ${flag}\n`), flag);
  for (const [name, value] of Object.entries(engineEnvironment(launch)))
    assert.ok(service.includes(`${name}: '${value}'`), name);
  const folder = await mkdtemp(join(tmpdir(), 'compose-test-'));
  try {
    const config = await writeServingConfig(launch, '/m', join(folder, 'server.log'));
    assert.equal(
      await readFile(new URL('tfserving-proxy/monitoring.config', PROJECT), 'utf8'),
      await readFile(join(config, 'monitoring.config'), 'utf8'),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
