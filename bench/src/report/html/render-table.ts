import type { TableBlock, TableCell } from '../document/block.js';
import { plainText } from '../document/inline.js';
import { classes, hideable } from './hideable.js';
import { markup, type Markup } from './markup.js';
import { renderText } from './render-text.js';

/** Words of up to this length stay on one line. */
const LONGEST_SHORT = 20;

/** A table that scrolls in a box of its own. Buttons for sorting come from the script. */
export function renderTable({ caption, columns, rows, note }: TableBlock): Markup {
  const head = columns.map(
    ({ name, numeric, of }) => markup`<th scope="col"${classes(numeric && 'number', hideable({ of }))}>${name}</th>`,
  );
  const body = rows.map(
    (row) =>
      markup`<tr${classes(row.tone, hideable(row))}>${row.cells.map((cell, index) => renderCell(cell, index, columns[index]))}</tr>\n`,
  );
  return markup`<div class="table"><div class="scroll" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>${note !== undefined && note !== false && markup`<p class="note">${note}</p>`}</div>
`;
}

function renderCell(
  { text, sort }: TableCell,
  index: number,
  column: TableBlock['columns'][number] | undefined,
): Markup {
  const numeric = column?.numeric === true;
  const short = !numeric && plainText(text).length <= LONGEST_SHORT;
  const names = classes(numeric && 'number', short && 'short', hideable({ of: column?.of }));
  const attributes = markup`${names}${sort !== undefined && markup` data-sort="${sort}"`}`;
  return index === 0
    ? markup`<th scope="row"${attributes}>${renderText(text)}</th>`
    : markup`<td${attributes}>${renderText(text)}</td>`;
}
