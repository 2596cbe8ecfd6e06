import type { TableBlock, TableCell } from '../document/block.js';
import { plainText } from '../document/inline.js';
import { markup, trusted, type Markup } from './markup.js';
import { renderText } from './render-text.js';

const NOTHING = trusted('');
const NUMBER = trusted(' class="number"');
const SHORT = trusted(' class="short"');
/** Words of up to this length stay on one line. */
const LONGEST_SHORT = 20;

/** A table that scrolls in a box of its own; `kind` is a class for its style. Buttons for sorting come from the script. */
export function renderTable({ caption, columns, rows, note }: TableBlock, kind = 'plain'): Markup {
  const head = columns.map(({ name, numeric }) => markup`<th scope="col"${numeric ? NUMBER : NOTHING}>${name}</th>`);
  const body = rows.map(({ cells, tone }) => {
    const tones = tone === undefined ? NOTHING : markup` class="${tone}"`;
    return markup`<tr${tones}>${cells.map((cell, index) => renderCell(cell, index, columns[index]?.numeric === true))}</tr>\n`;
  });
  return markup`<div class="table ${kind}"><div class="scroll" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>${note === undefined ? NOTHING : markup`<p class="note">${note}</p>`}</div>
`;
}

function renderCell(cell: TableCell, index: number, numeric: boolean): Markup {
  const sort = cell.sort === undefined ? NOTHING : markup` data-sort="${String(cell.sort)}"`;
  const short = !numeric && plainText(cell.text).length <= LONGEST_SHORT;
  const attributes = markup`${numeric ? NUMBER : short ? SHORT : NOTHING}${sort}`;
  return index === 0
    ? markup`<th scope="row"${attributes}>${renderText(cell.text)}</th>`
    : markup`<td${attributes}>${renderText(cell.text)}</td>`;
}
