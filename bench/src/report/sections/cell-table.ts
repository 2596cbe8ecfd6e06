import type { CellResult } from '../../record/index.js';
import type { TableBlock } from '../document/block.js';
import { tableOf, text, validity, type Column, type TableOptions } from '../document/table.js';
import { formatLoop } from '../../words/condition.js';
import type { ReportContext } from './report-context.js';

/** What was found in cells: whose and under which load first, and at the end whether it counts. */
export function cellTable<R extends Pick<CellResult, 'cell' | 'valid'>>(
  context: ReportContext,
  options: Pick<TableOptions<R>, 'caption' | 'note'>,
  rows: readonly R[],
  columns: readonly Column<R>[],
): TableBlock {
  return tableOf({ ...options, tone: ({ valid }) => !valid && 'bad' }, rows, [
    text('Contestant', ({ cell }) => context.label(cell.contestant)),
    text('Load', ({ cell }) => formatLoop(cell.condition.loop)),
    ...columns,
    validity(({ valid }) => valid),
  ]);
}
