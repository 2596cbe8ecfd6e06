import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { loadConfig } from './config.js';
import { JSON_SETTINGS, SERVICE_SETTINGS } from './settings.js';

const LIMITS = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');

it('docs/limits.md has every limit with its default', () => {
  const documented = new Map(
    [...LIMITS.matchAll(/^\| `(STUDY_\w+)` +\| (\d+) /gm)].map(([, name, value]) => [name, Number(value)]),
  );
  const limits = Object.entries(loadConfig({ ...SERVICE_SETTINGS, ...JSON_SETTINGS }, {})).filter(([name]) =>
    /_LIMIT|_TIMEOUT/.test(name),
  );
  assert.deepEqual(Object.fromEntries(documented), Object.fromEntries(limits));
});
