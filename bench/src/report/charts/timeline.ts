import type { Chart } from '../../record/index.js';
import { pictureOf, type Picture } from './picture.js';
import { allPositive, linearScale, logScale } from './scale.js';
import type { StyleOf } from './series-style.js';
import { thinOut } from './thin-out.js';
import { xyCanvas, type NamedSeries } from './xy-canvas.js';

export type TimelineChart = Extract<Chart, { kind: 'timeline' }>;

const MOST_POINTS = 500;
const WIDE_RANGE = 50;

/** What happened second by second, with events as numbered lines; the numbers are told below the picture. */
export function timelinePicture(chart: TimelineChart, styleOf: StyleOf): Picture {
  const ys = chart.points.map(({ y }) => y);
  const log = allPositive(ys) && Math.max(...ys) / Math.min(...ys) > WIDE_RANGE;
  const yScale = log ? logScale(ys) : linearScale(ys);
  const times = [...chart.points.map(({ atS }) => atS), ...chart.events.map(({ atS }) => atS)];
  const xScale = linearScale(times, 6);
  const names = [...new Set(chart.points.map(({ series }) => series))];
  const series = names.map((name): NamedSeries => {
    const points = chart.points
      .filter((point) => point.series === name)
      .map(({ atS, y }) => ({ x: atS, y, valid: true }));
    return {
      name,
      joined: true,
      marks: points.length <= 24,
      points: thinOut(
        points.toSorted((a, b) => a.x - b.x),
        MOST_POINTS,
      ),
    };
  });
  return pictureOf((room) =>
    xyCanvas(
      [
        {
          x: { scale: xScale, title: 'seconds', grid: false },
          y: { scale: yScale, title: chart.y, grid: true },
          series,
          rules: chart.events.map(({ atS }) => ({ axis: 'x', at: atS })),
          texts: chart.events.map(({ atS }, index) => ({
            x: atS,
            y: yScale.domain[1],
            text: `\u00a0${index + 1}`,
            align: 'left',
            baseline: 'top',
            bold: true,
          })),
        },
      ],
      { styleOf },
      room,
    ),
  );
}

/** The events in words, numbered as in the picture. */
export function eventWords({ events }: TimelineChart): string {
  return events
    .map(({ atS, label }, index) => `${index + 1}: ${label} (${String(Number(atS.toFixed(2)))} s)`)
    .join('; ');
}
