import type { PlotKey, PlotText } from './plot.js';
import type { StyleOf } from './series-style.js';
import { wrapLabel } from './wrap-label.js';

const LINE_HEIGHT = 14;
const GAP = 5;

export interface LabelWish {
  readonly name: string;
  /** Where the line ends, in pixels from the top of the plotting area. */
  readonly y: number;
}

/** Names beside the ends of their lines, moved apart where they would overlap but kept in the order of the lines. */
export function directLabels(
  wishes: readonly LabelWish[],
  styleOf: StyleOf,
  area: { readonly width: number; readonly height: number },
): { readonly keys: readonly PlotKey[]; readonly texts: readonly PlotText[] } {
  const labels = wishes
    .map(({ name, y }) => {
      const lines = wrapLabel(name, 22);
      return { name, lines, y, height: lines.length * LINE_HEIGHT + GAP };
    })
    .sort((a, b) => a.y - b.y);
  for (let index = 1; index < labels.length; index++) {
    const above = labels[index - 1];
    const label = labels[index];
    if (above === undefined || label === undefined) continue;
    label.y = Math.max(label.y, above.y + (above.height + label.height) / 2);
  }
  let limit = area.height + LINE_HEIGHT;
  for (const label of labels.toReversed()) {
    label.y = Math.min(label.y, limit - label.height / 2);
    limit = label.y - label.height / 2;
  }
  const x = area.width + 16;
  return {
    keys: labels.map(({ name, y }) => ({ x, y, style: styleOf(name), line: false })),
    texts: labels.map(({ lines, y }) => ({
      x: x + 11,
      y: y - ((lines.length - 1) * LINE_HEIGHT) / 2,
      text: lines,
      align: 'left',
    })),
  };
}
