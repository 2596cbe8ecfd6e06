import type { Table } from '../../record/index.js';
import { formatNumber, formatterOf } from '../format/number.js';
import type { TableBlock, TableCell, TableColumn } from './block.js';
import type { Text } from './inline.js';

export function textColumn(name: string): TableColumn {
  return { name, numeric: false };
}

export function numberColumn(name: string): TableColumn {
  return { name, numeric: true };
}

export function textCell(text: Text): TableCell {
  return { text };
}

/** A cell that sorts by its number. `null` reads as `words` and sorts last. */
export function numberCell(value: number | null, format: (value: number) => string, words = '–'): TableCell {
  return value === null ? { text: words } : { text: format(value), sort: value };
}

/** An experiment's own table. */
export function tableFromRecord(table: Table): TableBlock {
  const formats = table.columns.map((_, column) => formatterOf(table.rows.map((row) => row[column]).filter(isNumber)));
  return {
    kind: 'table',
    caption: table.title,
    columns: table.columns,
    rows: table.rows.map((row) => ({
      cells: row.map((value, column) => {
        if (value === null) return { text: '–' };
        return isNumber(value) ? numberCell(value, formats[column] ?? formatNumber) : { text: value };
      }),
    })),
    ...(table.note === undefined ? {} : { note: table.note }),
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
