import type { CellResult } from '../../record/index.js';
import type { Block, TableBlock } from '../document/block.js';

/** A table that is there for who looks for it; nothing when it would be empty. */
export function folded(
  summary: string,
  cells: readonly CellResult[],
  table: (cells: readonly CellResult[], caption: string) => TableBlock,
): Block[] {
  return cells.length === 0 ? [] : [{ kind: 'details', summary, body: [table(cells, summary)] }];
}
