import type { Chart } from '../../record/index.js';
import { formatNumber, formatPercentile, formatRatio, formatterOf } from '../format/number.js';
import { LATENCY_WORDS } from './spectrum.js';

const MOST_TOLD = 8;

/** What a chart shows, in sentences, for who cannot see it. */
export function describeChart(chart: Chart): string {
  switch (chart.kind) {
    case 'lines':
      return `Line chart of ${chart.y} against ${chart.x}. ${told(bySeries(chart.points), (name, points) => range(name, points, 'from'))}`;
    case 'bars':
      return `Bar chart of ${chart.y} by ${chart.x}. ${told(bySeries(chart.points), (name, points) => listed(name, points))}`;
    case 'timeline':
      return `${chart.y} over time. ${told(bySeries(chart.points.map((point) => ({ ...point, x: point.atS }))), (name, points) => span(name, points))}`;
    case 'spectrum':
      return `Percentile spectrum, latency in ms. ${told(
        bySeries(
          chart.points.map(({ series, latency, p, ms }) => ({
            series: `${series}, ${LATENCY_WORDS[latency].toLowerCase()}`,
            x: formatPercentile(p),
            y: ms,
          })),
        ),
        (name, points) => range(name, points, 'from'),
      )}`;
    case 'ratios':
      return `Ratios with their intervals. ${chart.rows
        .slice(0, MOST_TOLD)
        .map(
          ({ label, effect }) =>
            `${label}: ${formatRatio(effect.ratio)} (${formatNumber(effect.low)} to ${formatNumber(effect.high)})`,
        )
        .join('; ')}.`;
  }
}

interface Told {
  readonly series: string;
  readonly x: string | number;
  readonly y: number;
}

function bySeries(points: readonly Told[]): Map<string, Told[]> {
  const groups = new Map<string, Told[]>();
  for (const point of points) groups.set(point.series, [...(groups.get(point.series) ?? []), point]);
  return groups;
}

function told(groups: Map<string, Told[]>, tell: (name: string, points: readonly Told[]) => string): string {
  const shown = [...groups].slice(0, MOST_TOLD).map(([name, points]) => tell(name, points));
  const rest = groups.size - shown.length;
  return `${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}

function range(name: string, points: readonly Told[], word: string): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return name;
  const y = formatterOf(points.map((point) => point.y));
  return `${name}: ${word} ${y(first.y)} at ${x(first)} to ${y(last.y)} at ${x(last)}`;
}

function listed(name: string, points: readonly Told[]): string {
  const y = formatterOf(points.map((point) => point.y));
  return `${name}: ${points
    .slice(0, MOST_TOLD)
    .map((point) => `${x(point)} ${y(point.y)}`)
    .join(', ')}`;
}

function span(name: string, points: readonly Told[]): string {
  const ys = points.map(({ y }) => y);
  const y = formatterOf(ys);
  return `${name}: between ${y(ys.reduce((a, b) => Math.min(a, b)))} and ${y(ys.reduce((a, b) => Math.max(a, b)))}`;
}

function x(point: Told): string {
  return typeof point.x === 'number' ? formatterOf([point.x])(point.x) : point.x;
}
