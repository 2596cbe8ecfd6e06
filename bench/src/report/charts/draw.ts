import { drawBars } from './draw-bars.js';
import { drawIntervals } from './draw-intervals.js';
import { drawXy } from './draw-xy.js';
import type { Drawing } from './drawing.js';

const WIDE = 880;
/** What a telephone of 360 pixels leaves. */
const NARROW = 328;

/** A picture as SVG in light colours, for wide pages or for narrow ones. */
export function draw(drawing: Drawing, narrow: boolean): string {
  switch (drawing.kind) {
    case 'xy':
      return drawXy(drawing, { width: narrow ? NARROW : WIDE, narrow });
    case 'bars':
      return drawBars(drawing, { width: narrow ? NARROW : WIDE, narrow });
    case 'intervals':
      return drawIntervals(drawing, { width: narrow ? NARROW : (drawing.width ?? WIDE), narrow });
  }
}
