import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Results } from '../../record/index.js';
import { standaloneSvg } from '../charts/standalone-svg.js';
import { figuresOf } from '../document/block.js';
import { drawFigures } from '../draw-figures.js';
import { slug } from '../format/slug.js';
import { renderPage } from '../html/render-page.js';
import { renderMarkdown } from '../markdown/render-markdown.js';
import { writeAtomically } from '../../run-folder/index.js';
import { buildComparison } from './build-comparison.js';

/**
 * Writes what changed from run `a` to run `b` into `folder` (that of b, as a rule) as `compared-with-<id of a>.html` and
 * `.md`, each whole or not at all. Gives the path of the HTML file.
 */
export async function compareReports(a: Results, b: Results, folder: string): Promise<string> {
  const document = buildComparison(a, b);
  const drawingsOf = await drawFigures(document);
  const name = `compared-with-${slug(a.study.id)}`;
  const pictureFile = (id: string): string => `charts/${name}-${id}.svg`;
  await mkdir(join(folder, 'charts'), { recursive: true });
  for (const figure of figuresOf(document))
    await writeAtomically(join(folder, pictureFile(figure.id)), standaloneSvg(drawingsOf(figure).wide, figure.title));
  await writeAtomically(
    join(folder, `${name}.md`),
    renderMarkdown(document, ({ id }) => pictureFile(id)),
  );
  const page = join(folder, `${name}.html`);
  await writeAtomically(page, renderPage(document, drawingsOf));
  return page;
}
