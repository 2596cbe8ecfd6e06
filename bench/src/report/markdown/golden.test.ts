import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildComparison } from '../compare/build-comparison.js';
import type { Results } from '../../record/index.js';
import type { ReportDocument } from '../document/block.js';
import { emptyResults, fixtureResults, interruptedResults } from '../fixture/fixture-results.js';
import { buildReport } from '../sections/build-report.js';
import { renderMarkdown } from './render-markdown.js';

/** The Markdown of some runs, kept in the repository: UPDATE_GOLDEN=1 writes it again, git diff shows what changed. */
const GOLDEN: Readonly<Record<string, () => ReportDocument>> = {
  standin: () => buildReport(justHeadline(fixtureResults('stand-in'))),
  empty: () => buildReport(emptyResults()),
  comparison: () => buildComparison([interruptedResults(), fixtureResults(), fixtureResults('stand-in')]),
};

/** Short enough to be read in a diff. */
function justHeadline(results: Results): Results {
  const cells = results.cells.filter(({ cell }) => cell.experiment === 'headline');
  const experiments = results.experiments.filter(({ id }) => id !== 'hot-update');
  return { ...results, cells, experiments, trials: (results.trials ?? []).slice(0, 2) };
}

describe('report.md', () => {
  for (const [name, build] of Object.entries(GOLDEN)) {
    it(`is as its golden file says: ${name}`, async () => {
      const file = fileURLToPath(new URL(`../../../src/report/markdown/golden/${name}.md.golden`, import.meta.url));
      const made = renderMarkdown(build());
      if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, made);
      assert.equal(
        made,
        await readFile(file, 'utf8'),
        'the Markdown changed; if that is meant, run the test with UPDATE_GOLDEN=1',
      );
    });
  }
});
