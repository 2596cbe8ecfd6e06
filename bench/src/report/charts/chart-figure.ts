import type { Chart } from '../../record/index.js';
import type { TableBlock } from '../document/block.js';
import { dataTable, number, text, validity, type Column } from '../document/table.js';
import { formatNumber, formatterOf } from '../../words/number.js';
import { groupBy } from '../group-by.js';
import { fromTo, listed, seriesName, seriesOf, type ChartParts, type Names } from './chart-parts.js';
import type { BarsDrawing } from './drawing.js';
import { spectrumFigure } from './spectrum-figure.js';
import { timelineFigure } from './timeline-figure.js';

type ChartOf<K extends Chart['kind']> = Extract<Chart, { kind: K }>;
type Point = ChartOf<'lines' | 'bars'>['points'][number];

export function chartFigure(chart: Chart, names: Names): ChartParts {
  switch (chart.kind) {
    case 'lines':
      return linesFigure(chart, names);
    case 'bars':
      return barsFigure(chart, names);
    case 'spectrum':
      return spectrumFigure(chart, names);
    case 'timeline':
      return timelineFigure(chart, names);
  }
}

function linesFigure(chart: ChartOf<'lines'>, names: Names): ChartParts {
  const series = seriesOf(chart.points, names);
  const lines = series.map((each) => ({
    ...each,
    points: each.points
      .toSorted((a, b) => a.x - b.x)
      .map((point) => ({ x: point.x, y: point.y, valid: point.valid !== false, ySpan: spanOf(point) })),
  }));
  const words = series.map(({ name, points }) => {
    const y = formatterOf(points.map((point) => point.y));
    return `${name}: ${fromTo(points, (end) => `${y(end.y)} at ${formatterOf([end.x])(end.x)}`)}`;
  });
  return {
    drawing: {
      kind: 'xy',
      x: { label: chart.x, scale: chart.xScale },
      y: { label: chart.y, scale: chart.yScale, zero: true },
      panels: [{ lines }],
    },
    alternative: `Line chart of ${chart.y} against ${chart.x}. ${listed(words)}`,
    data: pointTable(
      chart,
      number(chart.x, ({ x }) => x, formatterOf(chart.points.map(({ x }) => x))),
      names,
    ),
  };
}

function barsFigure(chart: ChartOf<'bars'>, names: Names): ChartParts {
  const byContestant = chart.rows === 'contestant';
  const variants = [...new Set(chart.points.map(({ variant }) => variant ?? ''))];
  const styleOfVariant = names.styles.ofNames(variants);
  const styleOf = names.styles.ofSeries(chart.points);
  const groups = groupBy(chart.points, ({ contestant, x }) => (byContestant ? contestant : x));
  const rows: BarsDrawing['rows'] = [...groups].map(([key, points]) => ({
    name: byContestant ? names.label(key) : key,
    bars: points.map((point) => ({
      // Bars that differ in nothing but the contestant are told apart by its own colour.
      name: byContestant && variants.length > 1 ? (point.variant ?? '') : seriesName(point, names),
      style: byContestant && variants.length > 1 ? styleOfVariant(point.variant ?? '') : styleOf(point),
      contestant: point.contestant,
      value: point.y,
      valid: point.valid !== false,
      span: spanOf(point),
    })),
  }));
  const oneEach = byContestant && variants.length === 1;
  const words = rows.map(({ name, bars }) => {
    const y = formatterOf(bars.map(({ value }) => value));
    return `${name}: ${bars.map((bar) => `${oneEach ? '' : `${bar.name} `}${y(bar.value)}`).join(', ')}`;
  });
  return {
    drawing: {
      kind: 'bars',
      axis: chart.y,
      stacked: chart.stacked,
      rows,
      legend: !oneEach,
      reference: chart.reference,
    },
    alternative: `Bar chart of ${chart.y} by ${chart.x === '' ? 'contestant' : chart.x}. ${listed(words)}`,
    data: pointTable(chart, byContestant ? undefined : text(chart.x, ({ x }) => x), names),
  };
}

/** The figures behind lines and bars, with a column for their x. One that holds nothing is left out. */
function pointTable<P extends Point>(
  { title, y, points }: { readonly title: string; readonly y: string; readonly points: readonly P[] },
  x: Column<P> | undefined,
  names: Names,
): TableBlock {
  const spans = [
    number<P>('interval low', ({ low }) => low, formatNumber),
    number<P>('interval high', ({ high }) => high, formatNumber),
  ];
  return dataTable(title, points, [
    text<P>('series', (point) => seriesName(point, names)),
    ...(x === undefined ? [] : [x]),
    number<P>(y, (point) => point.y, formatterOf(points.map((point) => point.y))),
    ...(points.some((point) => spanOf(point) !== undefined) ? spans : []),
    { ...validity<P>(({ valid }) => valid !== false), name: 'valid' },
  ]);
}

function spanOf({ low, high }: Point): readonly [number, number] | undefined {
  return low === undefined || high === undefined ? undefined : [low, high];
}
