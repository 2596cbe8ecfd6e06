import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { resultsJsonSchema } from './results.js';

const FILE = fileURLToPath(new URL('../../../docs/results.schema.json', import.meta.url));

describe('docs/results.schema.json', () => {
  it('is what the code reads and writes: UPDATE_GOLDEN=1 writes it again', async () => {
    const made = `${JSON.stringify(resultsJsonSchema(), undefined, 1)}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(FILE, made);
    assert.equal(made, await readFile(FILE, 'utf8'));
    assert.match(made, /"formatVersion": \{\s+"type": "number",\s+"const": 2/);
  });
});
