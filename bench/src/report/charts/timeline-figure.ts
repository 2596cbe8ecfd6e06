import type { Chart } from '../../record/index.js';
import { dataTable, number, text } from '../document/table.js';
import { formatNumber, formatSpan } from '../../words/number.js';
import { listed, seriesOf, type ChartParts, type Names } from './chart-parts.js';

/** A series that spans more than this factor is drawn on a logarithmic scale. */
const WIDE_RANGE = 50;

type TimelineChart = Extract<Chart, { kind: 'timeline' }>;

/** What happened second by second, with events as numbered lines. */
export function timelineFigure(chart: TimelineChart, names: Names): ChartParts {
  const series = seriesOf(
    chart.points.toSorted((a, b) => a.atS - b.atS),
    names,
  );
  const extent = (points: readonly { readonly y: number }[]): readonly [number, number] =>
    points.reduce(([low, high], { y }) => [Math.min(low, y), Math.max(high, y)], [Infinity, -Infinity]);
  const [lowest, highest] = extent(chart.points);
  return {
    drawing: {
      kind: 'xy',
      x: { label: 'seconds', scale: 'linear' },
      y: { label: chart.y, scale: lowest > 0 && highest / lowest > WIDE_RANGE ? 'log' : 'linear', zero: true },
      panels: [
        {
          lines: series.map((each) => ({
            ...each,
            points: each.points.map(({ atS, y }) => ({ x: atS, y, valid: true })),
          })),
        },
      ],
      events: chart.events.map(({ atS }) => atS),
    },
    alternative: `${chart.y} over time. ${listed(
      series.map(({ name, points }) => {
        const [low, high] = extent(points);
        return `${name}: ${formatSpan(low, high)}`;
      }),
    )}`,
    data: dataTable(
      chart.title,
      series.flatMap(({ points, ...each }) => points.map(({ atS, y }) => ({ ...each, atS, y }))),
      [
        text('series', ({ name }) => name),
        number('seconds', ({ atS }) => atS, formatNumber),
        number(chart.y, ({ y }) => y, formatNumber),
      ],
    ),
  };
}

/** The events in words, numbered as in the picture. */
export function eventWords({ events }: TimelineChart): string {
  return events
    .map(({ atS, label }, index) => `${index + 1}: ${label} (${String(Number(atS.toFixed(2)))} s)`)
    .join('; ');
}
