import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { modelsTable } from './models-table.js';
import { PROJECT_ROOT } from './project-root.js';
import { readManifest } from './read-manifest.js';

const PART = /(<!-- models table: .*? -->\n)([\s\S]*?)(\n<!-- end -->)/;

it('docs/models.md shows the manifest as it is (UPDATE_DOCS=1 writes it again)', async () => {
  const file = join(PROJECT_ROOT, 'docs', 'models.md');
  const text = await readFile(file, 'utf8');
  const table = modelsTable(await readManifest());
  if (process.env['UPDATE_DOCS'] === '1')
    await writeFile(
      file,
      text.replace(PART, (_, open: string, _old, close: string) => `${open}\n${table}\n${close}`),
    );
  else assert.equal(withoutPadding(PART.exec(text)?.[2] ?? ''), withoutPadding(table));
});

/** Prettier pads the cells of Markdown tables. */
function withoutPadding(table: string): string {
  return table.trim().replace(/ +/g, ' ').replace(/-+/g, '-');
}
