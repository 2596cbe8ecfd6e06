import * as Plot from '@observablehq/plot';
import type { IntervalsDrawing } from './drawing.js';
import { scaleOf } from './scale-of.js';
import { ofContestant, rowName, rowsPicture, START, symbol, xAxis, type Room } from './svg.js';
import { light } from './theme.js';
import { widestLine, wrapLabel } from './wrap-label.js';

const LEAST_ROW = 34;
const LINE_HEIGHT = 14;

/** A forest plot. */
export function drawIntervals(drawing: IntervalsDrawing, room: Room): string {
  const { axis, band, reference, wordsTitle = '' } = drawing;
  const labels = drawing.rows.map(({ name }) => wrapLabel(name, room.narrow ? 16 : 34));
  const words = drawing.rows.map((row) => (room.narrow ? row.words : [row.words.join('  ')]));
  const rowHeight = Math.max(LEAST_ROW, ...[...labels, ...words].map(({ length }) => length * LINE_HEIGHT + 8));
  const rows = drawing.rows.map((row, index) => ({
    ...row,
    y: (index + 0.5) * rowHeight,
    from: row.span[0],
    to: row.span[1],
  }));
  const marginLeft = Math.ceil(widestLine(labels) + 14);
  const marginRight = Math.ceil(widestLine([...words, [wordsTitle]]) + 16);
  const xs = [...rows.flatMap(({ value, span }) => [value, ...span]), ...(band ?? [])].concat(reference?.x ?? []);
  const x = scaleOf({ label: axis, scale: 'log' }, xs, Math.floor((room.width - marginLeft - marginRight) / 55));
  const marginTop = reference?.label === undefined ? 10 : 26;
  const height = rows.length * rowHeight;
  return rowsPicture(room.width, { x, height, margins: { marginLeft, marginRight, marginTop } }, [
    xAxis(axis, x),
    ...(band === undefined ? [] : [Plot.rect([band], { x1: band[0], x2: band[1], fill: light('band') })]),
    Plot.gridX({ stroke: light('grid'), strokeOpacity: 1, ticks: x.ticks }),
    ...(reference === undefined ? [] : referenceMarks(reference)),
    Plot.text([wordsTitle], { frameAnchor: 'top-right', dx: 8, dy: -18, fill: light('muted'), ...START }),
    ...rows.flatMap((row, index) => {
      const own = ofContestant(row);
      const colour = { stroke: light(row.style.colour), strokeWidth: 2 };
      const text = words[index]?.join('\n');
      return [
        Plot.link([row], { ...own, x1: 'from', x2: 'to', y: 'y', ...colour }),
        symbol([{ x: row.value, y: row.y }], row),
        rowName(labels[index], row.y, row),
        Plot.text([row], { ...own, y: 'y', text: () => text, frameAnchor: 'right', dx: 8, ...START }),
      ];
    }),
  ]);
}

function referenceMarks({ x, label }: NonNullable<IntervalsDrawing['reference']>): Plot.Markish[] {
  const colour = label === undefined ? { stroke: light('axis') } : { stroke: light('muted'), strokeDasharray: '4,3' };
  return [
    Plot.ruleX([x], colour),
    ...(label === undefined
      ? []
      : [Plot.text([label], { x: () => x, frameAnchor: 'top', dy: -18, fill: light('muted'), textAnchor: 'end' })]),
  ];
}
