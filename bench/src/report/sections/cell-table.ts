import type { CellResult } from '../../record/index.js';
import type { TableBlock } from '../document/block.js';
import { tableOf, text, validity, type Column } from '../document/table.js';
import { formatLoop } from '../../words/condition.js';
import type { ReportContext } from './report-context.js';

/** What was found in cells: whose and under which load first, and at the end whether it counts. */
export function cellTable<R extends Pick<CellResult, 'cell' | 'valid'>>(
  context: ReportContext,
  caption: string,
  rows: readonly R[],
  columns: readonly Column<R>[],
  note: string,
): TableBlock {
  return tableOf(
    caption,
    rows,
    [
      text('Contestant', ({ cell }) => context.label(cell.contestant)),
      text('Load', ({ cell }) => formatLoop(cell.condition.loop)),
      ...columns,
      validity(({ valid }) => valid),
    ],
    { of: ({ cell }) => cell.contestant, tone: ({ valid }) => !valid && 'bad', note },
  );
}
