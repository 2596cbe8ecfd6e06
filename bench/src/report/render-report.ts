import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Results } from '../record/index.js';
import { draw } from './charts/draw.js';
import { standaloneSvg } from './charts/standalone-svg.js';
import { buildComparison } from './compare/build-comparison.js';
import { figuresOf, type ReportDocument } from './document/block.js';
import { renderPage } from './html/render-page.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { buildReport } from './sections/build-report.js';
import { makeFolder, writeAtomically } from '../run-folder/index.js';

/**
 * Writes report.html, report.md and its pictures in charts/ into `folder`, which must exist. Each file is written whole or
 * not at all; the same results give the same bytes. Pictures of an earlier report that this one does not have are removed.
 */
export async function renderReport(results: Results, folder: string): Promise<void> {
  const current = new Set(await writeDocument(buildReport(results), folder, 'report'));
  const charts = join(folder, 'charts');
  for (const name of await readdir(charts))
    if (/^fig-\d.*\.svg$/.test(name) && !current.has(name)) await rm(join(charts, name));
}

/** Writes comparison.html and comparison.md with its pictures into `folder`: what changed from the first run to the others. */
export async function compareReports(runs: readonly Results[], folder: string): Promise<string> {
  await writeDocument(buildComparison(runs), folder, 'comparison');
  return join(folder, 'comparison.html');
}

/** Writes `<name>.html`, `<name>.md` and the pictures of the Markdown; gives the names of these. */
async function writeDocument(document: ReportDocument, folder: string, name: string): Promise<string[]> {
  const figures = figuresOf(document);
  await makeFolder(join(folder, 'charts'));
  for (const { id, drawing, title, alternative } of figures)
    await writeAtomically(join(folder, 'charts', `${id}.svg`), standaloneSvg(draw(drawing, false), title, alternative));
  await writeAtomically(join(folder, `${name}.md`), renderMarkdown(document));
  await writeAtomically(join(folder, `${name}.html`), renderPage(document));
  return figures.map(({ id }) => `${id}.svg`);
}
