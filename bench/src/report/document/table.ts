import type { Interval } from '../../record/index.js';
import { formatCount, formatMs } from '../../words/number.js';
import type { TableBlock, TableCell } from './block.js';
import type { Text, Tone } from './inline.js';

/** A column of a table: its name, and what stands in it for each row. */
export interface Column<R> {
  readonly name: string;
  readonly numeric: boolean;
  readonly of?: string | undefined;
  cell(row: R): TableCell;
}

export function text<R>(name: string, words: (row: R) => Text, of?: string): Column<R> {
  return { name, numeric: false, of, cell: (row) => ({ text: words(row) }) };
}

/**
 * A column that sorts by its numbers, or by those with an interval. What is absent reads as `absent` and sorts last: it is never
 * printed as 0.
 */
export function number<R, V extends number | Interval = number>(
  name: string,
  value: (row: R) => V | null | undefined,
  format: (value: V) => string,
  absent: string | ((row: R) => string) = '–',
): Column<R> {
  return {
    name,
    numeric: true,
    cell: (row) => {
      const found = value(row) ?? null;
      if (found !== null) return { text: format(found), sort: typeof found === 'number' ? found : found.value };
      return { text: typeof absent === 'string' ? absent : absent(row) };
    },
  };
}

type NumberColumn = <R>(
  name: string,
  value: (row: R) => number | null | undefined,
  absent?: string | ((row: R) => string),
) => Column<R>;

export const ms: NumberColumn = (name, value, absent) => number(name, value, formatMs, absent);
export const count: NumberColumn = (name, value, absent) => number(name, value, formatCount, absent);

/** Whether a row's figures count. */
export function validity<R>(valid: (row: R) => boolean): Column<R> {
  return text('Valid', (row) => (valid(row) ? 'yes' : 'INVALID'));
}

export interface TableOptions<R> {
  readonly caption: string;
  readonly note?: string | false | undefined;
  readonly tone?: (row: R) => Tone | false;
  /** The contestant whose row it is; default: the row's own, or its cell's. */
  readonly of?: (row: R) => string | undefined;
  readonly question?: (row: R) => string | undefined;
}

/** `options`: the caption, alone or with the other options. */
export function tableOf<R>(
  options: string | TableOptions<R>,
  rows: readonly R[],
  columns: readonly Column<R>[],
): TableBlock {
  const {
    caption,
    note,
    tone,
    of = ownerOf,
    question,
  }: TableOptions<R> = typeof options === 'string' ? { caption: options } : options;
  return {
    kind: 'table',
    caption,
    columns: columns.map(({ name, numeric, of: whose }) => ({ name, numeric, of: whose })),
    rows: rows.map((row) => ({
      cells: columns.map((column) => column.cell(row)),
      tone: tone?.(row),
      of: of(row),
      question: question?.(row),
    })),
    note,
  };
}

/** The figures behind a picture. */
export function dataTable<R>(title: string, rows: readonly R[], columns: readonly Column<R>[]): TableBlock {
  return tableOf(`Data of “${title}”`, rows, columns);
}

function ownerOf(row: unknown): string | undefined {
  const { contestant, cell } = Object(row) as {
    readonly contestant?: unknown;
    readonly cell?: { readonly contestant?: unknown };
  };
  const owner = contestant ?? cell?.contestant;
  return typeof owner === 'string' ? owner : undefined;
}
