import type { Chart } from '../../record/index.js';
import { formatterOf } from '../format/number.js';
import { pictureOf, type Picture, type Room } from './picture.js';
import type { PlotRect, PlotText } from './plot.js';
import { categoryScale, linearScale } from './scale.js';
import type { StyleOf } from './series-style.js';
import { rowHeight } from './row-height.js';
import { wrapLabel } from './wrap-label.js';
import { xyCanvas, type NamedSeries } from './xy-canvas.js';

export type BarsChart = Extract<Chart, { kind: 'bars' }>;

const ROW_HEIGHT = 34;
const FILLED = 0.72;

/** Bars lie, so that long names can be read. Stacked parts follow each other; negative ones go left of zero (method rule 17). */
export function barsPicture(chart: BarsChart, styleOf: StyleOf): Picture {
  const names = [...new Set(chart.points.map(({ series }) => series))];
  const rows = [...new Set(chart.points.map(({ x }) => String(x)))];
  const bars = chart.stacked ? stackedBars(chart, rows, styleOf) : groupedBars(chart, rows, names, styleOf);
  const ends = bars.flatMap(({ rect, span }) => [...rect.x, ...(span ?? [])]);
  const xScale = linearScale(chart.reference === undefined ? ends : [...ends, chart.reference.y], 5);
  const perRow = chart.stacked ? 1 : Math.max(1, names.length * 0.62);
  const { reference } = chart;
  return pictureOf((room) => {
    const labels = rows.map((row) => wrapLabel(row, room.narrow ? 13 : 26));
    return xyCanvas(
      [
        {
          x: { scale: xScale, title: chart.y, grid: true },
          y: {
            scale: categoryScale(labels, true),
            title: '',
            grid: false,
          },
          rects: bars.map(({ rect }) => rect),
          series: [
            ...bars.flatMap(({ span, rect, series }) => (span === undefined ? [] : [whisker(span, rect, series)])),
          ],
          rules: reference === undefined ? [] : [{ axis: 'x', at: reference.y }],
          texts: bars.flatMap(({ label }) => label ?? []),
          ...(reference === undefined
            ? {}
            : {
                pixelTexts: () => [
                  { x: 0, y: -10, text: `dashed: ${reference.label}`, align: 'left', colour: 'muted' },
                ],
              }),
          height: Math.max(1, rows.length) * rowHeight(labels, ROW_HEIGHT * perRow),
          rightRoom: rightRoom(chart, room),
        },
      ],
      { styleOf, names, boxes: true },
      room,
    );
  });
}

interface Bar {
  readonly series: string;
  readonly rect: PlotRect;
  readonly span?: readonly [number, number];
  readonly label?: PlotText;
}

function stackedBars(chart: BarsChart, rows: readonly string[], styleOf: StyleOf): Bar[] {
  const format = formatterOf(chart.points.map(({ y }) => y));
  return rows.flatMap((row, index) => {
    let right = 0;
    let left = 0;
    const points = chart.points.filter(({ x }) => String(x) === row);
    const bars = points.map((point): Bar => {
      const from = point.y >= 0 ? right : left;
      const to = from + point.y;
      if (point.y >= 0) right = to;
      else left = to;
      return {
        series: point.series,
        rect: { x: [from, to], y: [index - FILLED / 2, index + FILLED / 2], colour: styleOf(point.series).colour },
      };
    });
    const total = points.reduce((sum, { y }) => sum + y, 0);
    const label: PlotText = {
      x: right,
      y: index,
      text: `\u00a0${format(total)}${points.some(({ valid }) => valid === false) ? ' ×' : ''}`,
      align: 'left',
    };
    const last = bars.at(-1);
    return last === undefined ? bars : [...bars.slice(0, -1), { ...last, label }];
  });
}

function groupedBars(chart: BarsChart, rows: readonly string[], names: readonly string[], styleOf: StyleOf): Bar[] {
  const thickness = FILLED / Math.max(1, names.length);
  const format = formatterOf(chart.points.map(({ y }) => y));
  return chart.points.map((point) => {
    const from = rows.indexOf(String(point.x)) - FILLED / 2 + names.indexOf(point.series) * thickness;
    const colour = names.length === 1 ? styleOf(String(point.x)).colour : styleOf(point.series).colour;
    const end = Math.max(point.y, point.high ?? point.y);
    return {
      series: names.length === 1 ? String(point.x) : point.series,
      rect: { x: [Math.min(0, point.y), Math.max(0, point.y)], y: [from, from + thickness], colour },
      label: {
        x: Math.max(0, end),
        y: from + thickness / 2,
        text: `\u00a0${format(point.y)}${point.valid === false ? ' ×' : ''}`,
        align: 'left',
      },
      ...(point.low === undefined || point.high === undefined ? {} : { span: [point.low, point.high] as const }),
    };
  });
}

/** Drawn in grey, so that it is seen on the bar as well as beside it. */
function whisker(span: readonly [number, number], { y }: PlotRect, name: string): NamedSeries {
  const middle = (y[0] + y[1]) / 2;
  return { name, joined: false, marks: false, points: [{ x: span[1], y: middle, xSpan: span, valid: true }] };
}

function rightRoom(chart: BarsChart, { narrow }: Room): number {
  return chart.points.length === 0 ? 14 : narrow ? 40 : 56;
}
