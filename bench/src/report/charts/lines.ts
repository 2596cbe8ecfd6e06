import type { Chart } from '../../record/index.js';
import { pictureOf, type Picture } from './picture.js';
import type { PlotPoint } from './plot.js';
import { allPositive, categoryScale, linearScale, logScale, type Scale } from './scale.js';
import type { StyleOf } from './series-style.js';
import { wrapLabel } from './wrap-label.js';
import { xyCanvas, type NamedSeries } from './xy-canvas.js';

export type LinesChart = Extract<Chart, { kind: 'lines' }>;

/** Lines with intervals over a number or over categories. A value that cannot stand on a logarithm makes its axis linear. */
export function linesPicture(chart: LinesChart, styleOf: StyleOf): Picture {
  const categories = [...new Set(chart.points.map(({ x }) => String(x)))];
  const byCategory = chart.xScale === 'category' || chart.points.some(({ x }) => typeof x === 'string');
  const xOf = (x: string | number): number => (byCategory ? categories.indexOf(String(x)) : Number(x));
  const ys = chart.points.flatMap(({ y, low, high }) => [
    y,
    ...(low === undefined ? [] : [low]),
    ...(high === undefined ? [] : [high]),
  ]);
  const yScale = scaleFor(chart.reference === undefined ? ys : [...ys, chart.reference.y], chart.yScale);
  const names = [...new Set(chart.points.map(({ series }) => series))];
  const series = names.map((name): NamedSeries => ({
    name,
    joined: true,
    points: chart.points
      .filter((point) => point.series === name)
      .map((point): PlotPoint => ({
        x: xOf(point.x),
        y: point.y,
        valid: point.valid ?? true,
        ...(point.low === undefined || point.high === undefined ? {} : { ySpan: [point.low, point.high] as const }),
      }))
      .toSorted((a, b) => a.x - b.x),
  }));
  const { reference } = chart;
  return pictureOf((room) => {
    const xScale = byCategory
      ? categoryScale(categories.map((category) => wrapLabel(category, room.narrow ? 10 : 14)))
      : scaleFor(
          chart.points.map(({ x }) => Number(x)),
          chart.xScale === 'log' ? 'log' : 'linear',
          false,
        );
    return xyCanvas(
      [
        {
          x: { scale: xScale, title: chart.x, grid: false },
          y: { scale: yScale, title: chart.y, grid: true },
          series,
          rules: reference === undefined ? [] : [{ axis: 'y', at: reference.y }],
          texts:
            reference === undefined
              ? []
              : [
                  {
                    x: xScale.domain[0],
                    y: reference.y,
                    text: `\u00a0${reference.label}`,
                    align: 'left',
                    baseline: 'bottom',
                    colour: 'muted',
                  },
                ],
        },
      ],
      { styleOf },
      room,
    );
  });
}

function scaleFor(values: readonly number[], wanted: 'linear' | 'log', includeZero = true): Scale {
  return wanted === 'log' && allPositive(values) ? logScale(values) : linearScale(values, 5, includeZero);
}
