import type { Chart } from '../../record/index.js';
import type { TableBlock } from '../document/block.js';
import { count, dataTable, number, text, validity } from '../document/table.js';
import { effectSides, tellApart } from '../format/effect.js';
import { formatNumber, formatRatio, formatShare, formatSpan, formatterOf } from '../../words/number.js';
import { groupBy } from '../group-by.js';
import { fromTo, listed, seriesName, seriesOf, type ChartParts, type Names } from './chart-parts.js';
import type { BarsDrawing, Drawing } from './drawing.js';
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
    case 'ratios':
      return ratiosFigure(chart, names);
  }
}

/** How many things a chart shows; 0 means there is nothing to draw. */
export function chartSize(chart: Chart): number {
  return chart.kind === 'ratios' ? chart.rows.length : chart.points.length;
}

function linesFigure(chart: ChartOf<'lines'>, names: Names): ChartParts {
  const series = seriesOf(chart.points, names);
  const category = chart.xScale === 'category' || chart.points.some(({ x }) => typeof x === 'string');
  const lines = series.map((each) => {
    const drawn = each.points.map((point) => ({
      x: point.x,
      y: point.y,
      valid: point.valid !== false,
      ySpan: spanOf(point),
    }));
    return { ...each, points: category ? drawn : drawn.toSorted((a, b) => Number(a.x) - Number(b.x)) };
  });
  const words = series.map(({ name, points }) => {
    const y = formatterOf(points.map((point) => point.y));
    return `${name}: ${fromTo(points, (end) => `${y(end.y)} at ${xWords(end.x)}`)}`;
  });
  return {
    drawing: {
      kind: 'xy',
      x: { label: chart.x, scale: category ? 'category' : chart.xScale },
      y: { label: chart.y, scale: chart.yScale, zero: true },
      panels: [{ lines }],
      reference: chart.reference,
    },
    alternative: `Line chart of ${chart.y} against ${chart.x}. ${listed(words)}`,
    data: pointTable(chart, names),
  };
}

function barsFigure(chart: ChartOf<'bars'>, names: Names): ChartParts {
  const byContestant = chart.rows === 'contestant';
  const variants = [...new Set(chart.points.map(({ variant }) => variant ?? ''))];
  const styleOfVariant = names.styles.ofNames(variants);
  const styleOf = names.styles.ofSeries(chart.points);
  const groups = groupBy(chart.points, ({ contestant, x }) => (byContestant ? contestant : String(x)));
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
    data: pointTable(chart, names),
  };
}

function ratiosFigure(chart: ChartOf<'ratios'>, names: Names): ChartParts {
  const where = tellApart(chart.rows, names);
  const rows = chart.rows.map((effect, index) => ({
    ...effect,
    value: effect.ratio,
    name: [effectSides(effect, names), ...(where[index] ?? [])].join(', '),
  }));
  const axis = `ratio with its interval; shaded: equivalent (±${formatShare(chart.margin)})`;
  const drawn = rows.filter(({ low, ratio }) => low > 0 && ratio > 0);
  return {
    drawing: ratiosDrawing(axis, drawn, chart.margin, names),
    alternative: `Ratios with their intervals. ${listed(rows.map(({ name, ratio, low, high }) => `${name}: ${formatRatio(ratio)} (${formatSpan(low, high)})`))}`,
    data: dataTable(chart.title, rows, [
      text('ratio of', ({ name }) => name),
      text('metric', ({ metric }) => metric),
      number('ratio', ({ ratio }) => ratio, formatNumber),
      number('low', ({ low }) => low, formatNumber),
      number('high', ({ high }) => high, formatNumber),
      count('pairs', ({ pairs }) => pairs),
    ]),
  };
}

/** Forest plot: a ratio with its interval in each row, against the band that counts as equal. */
export function ratiosDrawing(
  axis: string,
  rows: readonly { readonly name: string; readonly value: number; readonly low: number; readonly high: number }[],
  margin: number,
  { styles }: Pick<Names, 'styles'>,
): Drawing {
  const style = styles.ofNames(['ratio'])('ratio');
  return {
    kind: 'intervals',
    axis,
    rows: rows.map(({ name, value, low, high }) => {
      const words = [formatRatio(value), `(${formatSpan(low, high)})`];
      return { name, style, value, span: [low, high], words };
    }),
    reference: { x: 1 },
    band: [1 / (1 + margin), 1 + margin],
  };
}

/** The figures behind lines and bars. A column that holds nothing is left out. */
function pointTable(chart: ChartOf<'lines' | 'bars'>, names: Names): TableBlock {
  const xs = formatterOf(chart.points.flatMap(({ x }) => (typeof x === 'number' ? [x] : [])));
  const ys = formatterOf(chart.points.map(({ y }) => y));
  const numericX = chart.points.every(({ x }) => typeof x === 'number');
  const x = numericX
    ? number<Point>(chart.x, (point) => Number(point.x), xs)
    : text<Point>(chart.x, (point) => String(point.x));
  const spans = [
    number<Point>('interval low', ({ low }) => low, formatNumber),
    number<Point>('interval high', ({ high }) => high, formatNumber),
  ];
  return dataTable(chart.title, chart.points, [
    text<Point>('series', (point) => seriesName(point, names)),
    ...(chart.kind === 'bars' && chart.rows === 'contestant' ? [] : [x]),
    number<Point>(chart.y, ({ y }) => y, ys),
    ...(chart.points.some((point) => spanOf(point) !== undefined) ? spans : []),
    { ...validity<Point>(({ valid }) => valid !== false), name: 'valid' },
  ]);
}

function spanOf({ low, high }: Point): readonly [number, number] | undefined {
  return low === undefined || high === undefined ? undefined : [low, high];
}

function xWords(x: number | string): string {
  return typeof x === 'number' ? formatterOf([x])(x) : x;
}
