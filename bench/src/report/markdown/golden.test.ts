import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildComparison } from '../compare/build-comparison.js';
import type { ReportDocument } from '../document/block.js';
import { emptyResults, fixtureResults, interruptedResults } from '../fixture/fixture-results.js';
import { buildReport } from '../sections/build-report.js';
import { renderMarkdown } from './render-markdown.js';

const CLIENTS = [8, 32];
/** The Markdown of each kind of run, kept in the repository: UPDATE_GOLDEN=1 writes it anew, git diff shows what changed. */
const GOLDEN: Readonly<Record<string, () => ReportDocument>> = {
  report: () => buildReport(fixtureResults('tensorflow-serving', CLIENTS)),
  standin: () => buildReport(fixtureResults('stand-in', CLIENTS)),
  interrupted: () => buildReport(interruptedResults()),
  empty: () => buildReport(emptyResults()),
  comparison: () => buildComparison(interruptedResults(), fixtureResults('tensorflow-serving', CLIENTS)),
};

describe('report.md', () => {
  for (const [name, build] of Object.entries(GOLDEN)) {
    it(`is as its golden file says: ${name}`, async () => {
      const file = fileURLToPath(new URL(`../../../src/report/markdown/golden/${name}.md.golden`, import.meta.url));
      const made = renderMarkdown(build(), ({ id }) => `charts/${id}.svg`);
      if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, made);
      assert.equal(
        made,
        await readFile(file, 'utf8'),
        'the Markdown changed; if that is meant, run the test with UPDATE_GOLDEN=1',
      );
    });
  }
});
