import type { Chart, Table } from '../record/index.js';

/** A column after that of the contestants: its name with the unit, what it holds, and its value. */
type Column<Row> = readonly [name: string, kind: 'text' | 'number', value: (row: Row) => string | number | null];

/** A table of what was observed, a row for each of `rows`. */
export function observedTable<Row extends { readonly contestant: string }>(
  title: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  note?: string,
): Table {
  return {
    title,
    columns: [{ name: 'contestant', kind: 'contestant' }, ...columns.map(([name, kind]) => ({ name, kind }))],
    rows: rows.map((row) => [row.contestant, ...columns.map(([, , value]) => value(row))]),
    ...(note === undefined ? {} : { note }),
  };
}

type Bars = Extract<Chart, { kind: 'bars' }>;

/** A bar for each contestant, or one for each of its variants; of a chart that is stacked they are parts of a whole. */
export function observedBars(
  words: Pick<Bars, 'title' | 'caption' | 'y'>,
  points: readonly Omit<Bars['points'][number], 'x'>[],
  stacked = false,
): Bars {
  const drawn = points.map((point) => ({ ...point, x: '' }));
  return { kind: 'bars', ...words, x: 'contestant', rows: 'contestant', stacked, points: drawn };
}
