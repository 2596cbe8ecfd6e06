import type { CellResult } from '../../record/index.js';
import { headlinePicture } from '../charts/headline.js';
import type { FigureBlock } from '../document/block.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatCount, formatMs } from '../format/number.js';
import { idleCells, loadSweeps, mainCells, percentileMs, seriesName } from './cell-selection.js';
import type { ReportContext } from './report-context.js';

/** The source text's only figure: one sample, with no model, machine or load named. A line beside our figures, not a target (method rule 21). */
const ANECDOTE = { ms: 62.4, label: '62.4 ms, an anecdote' } as const;

/** One request on an idle server, each contestant: the first picture. Undefined when no such cell has a certified median. */
export function headlineFigure(context: ReportContext, cells: readonly CellResult[]): FigureBlock | undefined {
  const [sweep] = loadSweeps(idleCells(mainCells(cells)));
  const rows = (sweep?.cells ?? []).flatMap((each, _, all) => {
    const p50Ms = percentileMs(each.response, 0.5);
    if (p50Ms === null || p50Ms <= 0) return [];
    return [
      {
        each,
        name: seriesName(each, all, (id) => context.label(id)),
        p50Ms,
        p99Ms: percentileMs(each.response, 0.99),
        valid: each.valid,
      },
    ];
  });
  if (sweep === undefined || rows.length === 0) return undefined;
  return context.figure({
    title: 'One request at a time',
    caption: `Median response time (symbol) up to p99 (end of the line, where n certifies it); closed loop, one client, ${sweep.setting}. Dashed: the 62.4 ms of the text this study started from, one sample with no model, machine or load named.${rows.some(({ valid }) => !valid) ? ' A × is INVALID and decides nothing.' : ''}`,
    alternative: `Response time of one request. ${rows.map(({ name, p50Ms, p99Ms }) => `${name}: median ${formatMs(p50Ms)}, ${p99Ms === null ? 'p99 not certified' : `p99 ${formatMs(p99Ms)}`}`).join('; ')}. A dashed line marks the anecdote of 62.4 ms.`,
    picture: headlinePicture(rows, ANECDOTE, context.stylesFor(rows.map(({ name }) => name))),
    data: {
      kind: 'table',
      caption: 'Data of “One request at a time”',
      columns: [
        textColumn('Contestant'),
        numberColumn('n'),
        numberColumn('p50'),
        numberColumn('p99'),
        textColumn('Valid'),
      ],
      rows: rows.map(({ each, name, p50Ms, p99Ms, valid }) => ({
        cells: [
          textCell(name),
          numberCell(each.response.n, formatCount),
          numberCell(p50Ms, formatMs),
          numberCell(p99Ms, formatMs, 'n too small'),
          textCell(valid ? 'yes' : 'INVALID'),
        ],
      })),
    },
  });
}
