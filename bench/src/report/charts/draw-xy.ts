import * as Plot from '@observablehq/plot';
import type { DrawnPoint, DrawnSeries, XyDrawing } from './drawing.js';
import { scaleOf } from './scale-of.js';
import { legend, ofContestant, picture, START, stroke, symbol, xAxis, type Part, type Room } from './svg.js';
import { light } from './theme.js';
import { widestLine } from './wrap-label.js';

const GAP = 20;
const MARGIN_BOTTOM = 44;
/** A line of more points shows its symbol at some of them: one at each would hide its dashes. */
const MOST_SYMBOLS = 24;
const FEW_SYMBOLS = 8;

type Line = DrawnSeries & { readonly points: readonly DrawnPoint[] };

/** Lines with their spans; panels stand side by side where there is room, on the same axes. */
export function drawXy(drawing: XyDrawing, room: Room): string {
  const { panels, events = [] } = drawing;
  const lines = panels.flatMap((panel) => panel.lines);
  const points = lines.flatMap((line) => line.points);
  const columns = room.narrow ? 1 : panels.length;
  const width = Math.floor((room.width - GAP * (columns - 1)) / columns);
  const xs = points.flatMap(({ x, xSpan }) => [x, ...(xSpan ?? [])]).concat(events);
  const ys = points.flatMap(({ y, ySpan }) => [y, ...(ySpan ?? [])]);
  const y = scaleOf(drawing.y, ys, 5);
  const marginLeft = Math.ceil(widestLine([y.ticks.map(y.format)]) + 16);
  const x = scaleOf(drawing.x, xs, Math.floor((width - marginLeft) / 70));
  const marginRight = Math.ceil(widestLine([x.ticks.slice(-1).map(x.format)]) / 2 + 8);
  const above = legend(lines, room.width, false);
  const top = above.reduce((sum, { height }) => sum + height, 0);
  const marginTop = panels.some(({ title }) => title !== undefined) ? 54 : 34;
  const height = (room.narrow ? 220 : 280) + marginTop + MARGIN_BOTTOM;
  const parts = panels.map(({ title, lines: own }, index): Part => {
    return {
      x: room.narrow ? 0 : index * (width + GAP),
      y: top + (room.narrow ? index * height : 0),
      width,
      height,
      options: {
        marginTop,
        marginBottom: MARGIN_BOTTOM,
        marginLeft,
        marginRight,
        x: x.options,
        y: y.options,
        marks: [
          xAxis(drawing.x.label, x),
          Plot.axisY(y.ticks, { label: null, text: y.format }),
          Plot.gridY({ stroke: light('grid'), strokeOpacity: 1, ticks: y.ticks }),
          aboveFrame(`↑ ${drawing.y.label}`, marginLeft, 20),
          ...(title === undefined ? [] : [aboveFrame(title, marginLeft, 40, { fontWeight: 600 })]),
          ...eventMarks(events),
          ...own.flatMap((line) => lineMarks(line)),
        ],
      },
    };
  });
  return picture(room.width, [...above, ...parts]);
}

function lineMarks(line: Line): Plot.Markish[] {
  const { points } = line;
  const joined = points.map((point) => ({ ...point, y: point.valid ? point.y : Number.NaN }));
  const colour = { ...ofContestant(line), stroke: light(line.style.colour) };
  const spans = (of: 'xSpan' | 'ySpan'): DrawnPoint[] => points.filter((point) => point[of] !== undefined);
  const step = points.length > MOST_SYMBOLS ? Math.ceil(points.length / FEW_SYMBOLS) : 1;
  const symbols = points.filter(({ valid }, index) => valid && index % step === 0);
  return [
    Plot.link(spans('ySpan'), {
      ...colour,
      x: 'x',
      y1: (d: DrawnPoint) => d.ySpan?.[0],
      y2: (d: DrawnPoint) => d.ySpan?.[1],
    }),
    Plot.link(spans('xSpan'), {
      ...colour,
      y: 'y',
      x1: (d: DrawnPoint) => d.xSpan?.[0],
      x2: (d: DrawnPoint) => d.xSpan?.[1],
    }),
    Plot.line(joined, { ...ofContestant(line), x: 'x', y: 'y', ...stroke(line) }),
    Plot.dot(
      points.filter(({ ringed }) => ringed === true),
      { ...colour, x: 'x', y: 'y', r: 9, strokeWidth: 1.5 },
    ),
    symbol(symbols, line),
    Plot.dot(
      points.filter(({ valid }) => !valid),
      { ...colour, x: 'x', y: 'y', r: 5, symbol: 'times', strokeWidth: 2 },
    ),
  ];
}

/** Words above the plotting area, from the left edge of the picture. */
function aboveFrame(words: string, marginLeft: number, by: number, style: Plot.TextOptions = {}): Plot.Text {
  return Plot.text([words], { frameAnchor: 'top-left', dx: 2 - marginLeft, dy: -by, ...START, ...style });
}

function eventMarks(events: readonly number[]): Plot.Markish[] {
  return [
    Plot.ruleX(events, { stroke: light('muted'), strokeDasharray: '4,3' }),
    Plot.text(events, { x: Number, text: (_, i) => String(i + 1), frameAnchor: 'top', dx: 7, dy: 6, fontWeight: 600 }),
  ];
}
