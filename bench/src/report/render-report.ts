import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Results } from '../record/index.js';
import { standaloneSvg } from './charts/standalone-svg.js';
import { figuresOf } from './document/block.js';
import { drawFigures } from './draw-figures.js';
import { renderPage } from './html/render-page.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { buildReport } from './sections/build-report.js';
import { writeAtomically } from '../run-folder/index.js';

const CHARTS = 'charts';

/**
 * Writes report.html, report.md and its pictures in charts/ into `folder`, which must exist. Each file is written whole or
 * not at all; the same results give the same bytes. Pictures of an earlier report that this one does not have are removed.
 */
export async function renderReport(results: Results, folder: string): Promise<void> {
  const document = buildReport(results);
  const drawingsOf = await drawFigures(document);
  const figures = figuresOf(document);
  const charts = join(folder, CHARTS);
  await mkdir(charts, { recursive: true });
  for (const figure of figures)
    await writeAtomically(join(charts, `${figure.id}.svg`), standaloneSvg(drawingsOf(figure).wide, figure.title));
  await writeAtomically(
    join(folder, 'report.md'),
    renderMarkdown(document, ({ id }) => `${CHARTS}/${id}.svg`),
  );
  await writeAtomically(join(folder, 'report.html'), renderPage(document, drawingsOf));
  const current = new Set(figures.map(({ id }) => `${id}.svg`));
  for (const name of await readdir(charts))
    if (/^fig-\d.*\.svg$/.test(name) && !current.has(name)) await rm(join(charts, name));
}
