import type { Chart } from '../../record/index.js';
import type { TableBlock, TableCell } from '../document/block.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatCount, formatNumber, formatPercentile, formatterOf } from '../format/number.js';
import { thinOut } from './thin-out.js';

const PERCENTILES = [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999];
const MOST_ROWS = 240;

/** The figures behind a chart. Spectra are told at the usual percentiles, long timelines thinned as in the picture. */
export function chartData(chart: Chart): TableBlock {
  switch (chart.kind) {
    case 'lines':
    case 'bars': {
      const xs = formatterOf(chart.points.flatMap(({ x }) => (typeof x === 'number' ? [x] : [])));
      const ys = formatterOf(chart.points.map(({ y }) => y));
      return table(
        chart.title,
        [
          textColumn('series'),
          { name: chart.x, numeric: chart.points.every(({ x }) => typeof x === 'number') },
          numberColumn(chart.y),
          numberColumn('interval low'),
          numberColumn('interval high'),
          textColumn('valid'),
        ],
        chart.points.map(({ series, x, y, low, high, valid }) => [
          textCell(series),
          typeof x === 'number' ? numberCell(x, xs) : textCell(x),
          numberCell(y, ys),
          numberCell(low ?? null, formatNumber),
          numberCell(high ?? null, formatNumber),
          textCell(valid === false ? 'INVALID' : 'yes'),
        ]),
      );
    }
    case 'spectrum':
      return spectrumTable(chart);
    case 'timeline':
      return table(
        chart.title,
        [textColumn('series'), numberColumn('seconds'), numberColumn(chart.y)],
        [...new Set(chart.points.map(({ series }) => series))].flatMap((name) =>
          thinOut(
            chart.points.filter(({ series }) => series === name),
            MOST_ROWS,
          ).map(({ atS, y }) => [textCell(name), numberCell(atS, formatNumber), numberCell(y, formatNumber)]),
        ),
      );
    case 'ratios':
      return table(
        chart.title,
        [
          textColumn('comparison'),
          textColumn('metric'),
          textColumn('ratio of'),
          numberColumn('ratio'),
          numberColumn('low'),
          numberColumn('high'),
          numberColumn('pairs'),
        ],
        chart.rows.map(({ label, effect }) => [
          textCell(label),
          textCell(effect.metric),
          textCell(effect.ratioOf),
          numberCell(effect.ratio, formatNumber),
          numberCell(effect.low, formatNumber),
          numberCell(effect.high, formatNumber),
          numberCell(effect.pairs, formatCount),
        ]),
      );
  }
}

/** The points nearest to the usual percentiles, one row per line of the picture; blank above the highest certified one. */
function spectrumTable(chart: Extract<Chart, { kind: 'spectrum' }>): TableBlock {
  const lines = new Map<string, typeof chart.points>();
  for (const point of chart.points) {
    const key = `${point.latency}\n${point.series}`;
    lines.set(key, [...(lines.get(key) ?? []), point]);
  }
  const highest = Math.max(0, ...chart.points.map(({ p }) => p));
  const shown = PERCENTILES.filter((p) => p <= highest);
  return table(
    chart.title,
    [textColumn('series'), textColumn('latency'), ...shown.map((p) => numberColumn(`${formatPercentile(p)}, ms`))],
    [...lines.values()].map((points) => [
      textCell(points[0]?.series ?? ''),
      textCell(points[0]?.latency ?? ''),
      ...shown.map((p) => {
        const at = points.filter((point) => point.p >= p - 1e-9).toSorted((a, b) => a.p - b.p)[0];
        return numberCell(at?.ms ?? null, formatNumber);
      }),
    ]),
  );
}

function table(caption: string, columns: TableBlock['columns'], rows: readonly (readonly TableCell[])[]): TableBlock {
  return { kind: 'table', caption: `Data of “${caption}”`, columns, rows: rows.map((cells) => ({ cells })) };
}
