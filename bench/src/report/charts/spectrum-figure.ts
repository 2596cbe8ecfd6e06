import { LATENCIES, type Chart } from '../../record/index.js';
import { dataTable, number, text } from '../document/table.js';
import { formatNumber, formatPercentile } from '../../words/number.js';
import { fromTo, listed, seriesOf, type ChartParts, type Names } from './chart-parts.js';

const PERCENTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999];

export const LATENCY_WORDS = {
  service: 'Service time: from the send',
  response: 'Response time: from the intended send',
} as const;

/**
 * Latency by percentile on a 1/(1-p) scale, so that each further nine takes the same room. The two latencies stand side by
 * side on the same axes (method rule 3): where they part, requests waited to be sent.
 */
export function spectrumFigure(chart: Extract<Chart, { kind: 'spectrum' }>, names: Names): ChartParts {
  const points = chart.points.filter(({ p }) => p >= 0 && p < 1).toSorted((a, b) => a.p - b.p);
  const panels = LATENCIES.map((latency) => {
    const own = points.filter((point) => point.latency === latency);
    return { latency, series: seriesOf(own, names) };
  }).filter(({ series }) => series.length > 0);
  const shown = PERCENTILES.filter((p) => points.some((point) => point.p >= p - 1e-9));
  const lines = panels.flatMap(({ latency, series }) => series.map((each) => ({ ...each, latency })));
  return {
    drawing: {
      kind: 'xy',
      x: { label: 'percentile', scale: 'nines' },
      y: { label: 'ms', scale: 'log' },
      panels: panels.map(({ latency, series }) => ({
        title: LATENCY_WORDS[latency],
        lines: series.map((each) => ({
          ...each,
          points: each.points.map(({ p, ms }) => ({ x: 1 / (1 - p), y: ms, valid: true })),
        })),
      })),
    },
    alternative: `Percentile spectrum, latency in ms. ${listed(
      lines.map(({ name, latency, points: own }) => {
        const ends = fromTo(own, ({ p, ms }) => `${formatNumber(ms)} at ${formatPercentile(p)}`);
        return `${name}, ${latency} time: ${ends}`;
      }),
    )}`,
    data: dataTable(chart.title, lines, [
      text('series', ({ name }) => name),
      text('latency', ({ latency }) => latency),
      ...shown.map((p) =>
        number<(typeof lines)[number]>(
          `${formatPercentile(p)}, ms`,
          ({ points: own }) => own.find((point) => point.p >= p - 1e-9)?.ms,
          formatNumber,
        ),
      ),
    ]),
  };
}
