import { draw } from './charts/draw.js';
import { figuresOf, type FigureBlock, type ReportDocument } from './document/block.js';
import type { Drawings, DrawingsOf } from './html/render-block.js';

/** Draws every figure of a document, wide and narrow. */
export function drawFigures(document: ReportDocument): DrawingsOf {
  const drawings = new Map<string, Drawings>();
  for (const { id, drawing } of figuresOf(document))
    drawings.set(id, { wide: draw(drawing, false), narrow: draw(drawing, true) });
  return (figure: FigureBlock) => {
    const found = drawings.get(figure.id);
    if (found === undefined) throw new Error(`figure ${figure.id} was not drawn`);
    return found;
  };
}
