import type { PlotKey, PlotText } from './plot.js';
import type { StyleOf } from './series-style.js';
import { estimateTextWidth } from './theme.js';

export interface Legend {
  readonly height: number;
  readonly keys: readonly PlotKey[];
  readonly texts: readonly PlotText[];
}

const ROW = 19;
const KEY_WIDTH = 34;
const GAP = 20;

/** Names with their symbols on a piece of line, or with boxes for filled areas, in rows above a plotting area; `left` and the negative heights are relative to its top left corner. */
export function legendAbove(
  names: readonly string[],
  styleOf: StyleOf,
  options: { readonly left: number; readonly width: number; readonly boxes: boolean },
): Legend {
  const rows: { name: string; x: number; row: number }[] = [];
  let x = 0;
  let row = 0;
  for (const name of names) {
    const width = KEY_WIDTH + estimateTextWidth(name) + GAP;
    if (x > 0 && x + width - GAP > options.width) {
      x = 0;
      row += 1;
    }
    rows.push({ name, x, row });
    x += width;
  }
  const height = names.length === 0 ? 0 : (row + 1) * ROW + 6;
  // Leaves room for the title of the vertical axis, which stands directly above the plotting area.
  const top = -height - 26;
  return {
    height,
    keys: rows.map((each) => ({
      x: options.left + each.x + KEY_WIDTH / 2 - 3,
      y: top + each.row * ROW + ROW / 2,
      style: options.boxes ? { ...styleOf(each.name), shape: 'square' } : styleOf(each.name),
      line: !options.boxes,
    })),
    texts: rows.map((each) => ({
      x: options.left + each.x + KEY_WIDTH,
      y: top + each.row * ROW + ROW / 2,
      text: each.name,
      align: 'left',
    })),
  };
}
