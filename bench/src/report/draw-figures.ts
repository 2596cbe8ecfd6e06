import { renderSvg } from './charts/render-svg.js';
import { figuresOf, type FigureBlock, type ReportDocument } from './document/block.js';
import type { Drawings, DrawingsOf } from './html/render-block.js';

/** Draws every figure of a document, wide and narrow. */
export async function drawFigures(document: ReportDocument): Promise<DrawingsOf> {
  const drawings = new Map<string, Drawings>();
  for (const { id, picture } of figuresOf(document)) {
    drawings.set(id, {
      wide: await renderSvg(picture.wide, `${id}-w`),
      narrow: await renderSvg(picture.narrow, `${id}-n`),
    });
  }
  return (figure: FigureBlock) => {
    const found = drawings.get(figure.id);
    if (found === undefined) throw new Error(`figure ${figure.id} was not drawn`);
    return found;
  };
}
