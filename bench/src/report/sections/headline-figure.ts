import type { CellResult } from '../../record/index.js';
import { seriesName } from '../charts/chart-parts.js';
import type { FigureBlock } from '../document/block.js';
import { number, tableOf, text } from '../document/table.js';
import { formatCount, formatMs, formatNumber } from '../format/number.js';
import { idleCells, loadSweeps, mainCells, percentileMs, whoseOf } from './cell-selection.js';
import type { ReportContext } from './report-context.js';

/** The source text's only figure: one sample, with no model, machine or load named. A line beside our figures, not a target (method rule 21). */
const ANECDOTE = { x: 62.4, label: '62.4 ms, an anecdote' } as const;
const WIDTH = 500;

/** One request on an idle server, each contestant: the first picture. Undefined when no valid cell has a certified median. */
export function headlineFigure(context: ReportContext, cells: readonly CellResult[]): FigureBlock | undefined {
  const [sweep] = loadSweeps(idleCells(mainCells(cells)));
  if (sweep === undefined) return undefined;
  const styleOf = context.styles.ofSeries(sweep.cells.map((each) => whoseOf(each, sweep.cells)));
  const rows = sweep.cells.flatMap((each) => {
    const p50Ms = percentileMs(each.response, 0.5);
    if (!each.valid || p50Ms === null || p50Ms <= 0) return [];
    const whose = whoseOf(each, sweep.cells);
    const name = seriesName(whose, context);
    const { contestant } = whose;
    return [
      { name, contestant, style: styleOf(whose), n: each.response.n, p50Ms, p99Ms: percentileMs(each.response, 0.99) },
    ];
  });
  if (rows.length === 0) return undefined;
  const invalid = sweep.cells.filter(({ valid }) => !valid).length;
  const title = 'One request at a time';
  return context.figure({
    title,
    caption: `Median response time (symbol) up to p99 (end of the line, where n certifies it); closed loop, one client, ${sweep.setting}. Dashed: the 62.4 ms of the text this study started from, one sample with no model, machine or load named.${invalid === 0 ? '' : ` ${formatCount(invalid)} INVALID ${invalid === 1 ? 'cell is' : 'cells are'} left out.`}`,
    alternative: `Response time of one request. ${rows.map(({ name, p50Ms, p99Ms }) => `${name}: median ${formatMs(p50Ms)}, ${p99Ms === null ? 'p99 not certified' : `p99 ${formatMs(p99Ms)}`}`).join('; ')}. A dashed line marks the anecdote of 62.4 ms.`,
    drawing: {
      kind: 'intervals',
      axis: 'response time, ms (logarithmic)',
      rows: rows.map(({ p50Ms, p99Ms, ...row }) => ({
        ...row,
        value: p50Ms,
        span: [p50Ms, p99Ms ?? p50Ms],
        valid: true,
        words: [formatNumber(p50Ms), ...(p99Ms === null ? [] : [`· ${formatNumber(p99Ms)}`])],
      })),
      reference: ANECDOTE,
      wordsTitle: 'p50 · p99',
      width: WIDTH,
    },
    data: tableOf(
      `Data of “${title}”`,
      rows,
      [
        text('Contestant', ({ name }) => name),
        number('n', ({ n }) => n, formatCount),
        number('p50', ({ p50Ms }) => p50Ms, formatMs),
        number('p99', ({ p99Ms }) => p99Ms, formatMs, 'n too small'),
      ],
      { of: ({ contestant }) => contestant },
    ),
  });
}
