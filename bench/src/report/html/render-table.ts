import type { TableBlock, TableCell } from '../document/block.js';
import { plainText } from '../document/inline.js';
import { classes, hideable } from './hideable.js';
import { markup, trusted, type Markup } from './markup.js';
import { renderText } from './render-text.js';

const NOTHING = trusted('');
/** Words of up to this length stay on one line. */
const LONGEST_SHORT = 20;

/** A table that scrolls in a box of its own; `kind` is a class for its style. Buttons for sorting come from the script. */
export function renderTable({ caption, columns, rows, note }: TableBlock, kind = 'plain'): Markup {
  const head = columns.map(
    ({ name, numeric, of }) => markup`<th scope="col"${classes(numeric && 'number', hideable({ of }))}>${name}</th>`,
  );
  const body = rows.map(
    (row) =>
      markup`<tr${classes(row.tone, hideable(row))}>${row.cells.map((cell, index) => renderCell(cell, index, columns[index]))}</tr>\n`,
  );
  return markup`<div class="table ${kind}"><div class="scroll" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>${note === undefined ? NOTHING : markup`<p class="note">${note}</p>`}</div>
`;
}

function renderCell(cell: TableCell, index: number, column: TableBlock['columns'][number] | undefined): Markup {
  const sort = cell.sort === undefined ? NOTHING : markup` data-sort="${String(cell.sort)}"`;
  const numeric = column?.numeric === true;
  const short = !numeric && plainText(cell.text).length <= LONGEST_SHORT;
  const attributes = markup`${classes(numeric && 'number', short && 'short', hideable({ of: column?.of }))}${sort}`;
  return index === 0
    ? markup`<th scope="row"${attributes}>${renderText(cell.text)}</th>`
    : markup`<td${attributes}>${renderText(cell.text)}</td>`;
}
