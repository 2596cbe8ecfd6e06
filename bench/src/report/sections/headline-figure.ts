import { percentileMs, type CellResult } from '../../record/index.js';
import { seriesName } from '../charts/chart-parts.js';
import type { FigureBlock } from '../document/block.js';
import { count, dataTable, ms, text } from '../document/table.js';
import { counted, formatMs, formatNumber } from '../../words/number.js';
import { idleCells, loadSweeps, mainCells, whoseOf } from './cell-selection.js';
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
    const { valid, response } = each;
    const [p50Ms, p99Ms] = [percentileMs(response, 0.5), percentileMs(response, 0.99)];
    if (!valid || p50Ms === null || p50Ms <= 0) return [];
    const whose = whoseOf(each, sweep.cells);
    const { contestant } = whose;
    return [{ name: seriesName(whose, context), contestant, style: styleOf(whose), n: response.n, p50Ms, p99Ms }];
  });
  if (rows.length === 0) return undefined;
  const invalid = sweep.cells.filter(({ valid }) => !valid).length;
  const leftOut = invalid === 0 ? '' : ` ${counted(invalid, 'INVALID cell is', 'INVALID cells are')} left out.`;
  const words = rows.map(({ name, p50Ms, p99Ms }) => {
    return `${name}: median ${formatMs(p50Ms)}, ${p99Ms === null ? 'p99 not certified' : `p99 ${formatMs(p99Ms)}`}`;
  });
  const title = 'One request at a time';
  // The anecdote says nothing of a user's own model.
  const isOwn = context.results.study.own !== undefined;
  const dashed = isOwn
    ? ''
    : ' Dashed: the 62.4 ms of the text this study started from, one sample with no model, machine or load named.';
  return context.figure({
    title,
    caption: `Median response time (symbol) up to p99 (end of the line, where n certifies it); closed loop, one client, ${sweep.setting}.${dashed}${leftOut}`,
    alternative: `Response time of one request. ${words.join('; ')}.${isOwn ? '' : ' A dashed line marks the anecdote of 62.4 ms.'}`,
    drawing: {
      kind: 'intervals',
      axis: 'response time, ms (logarithmic)',
      rows: rows.map(({ p50Ms, p99Ms, ...row }) => ({
        ...row,
        value: p50Ms,
        span: [p50Ms, p99Ms ?? p50Ms],
        words: [formatNumber(p50Ms), ...(p99Ms === null ? [] : [`· ${formatNumber(p99Ms)}`])],
      })),
      ...(isOwn ? {} : { reference: ANECDOTE }),
      wordsTitle: 'p50 · p99',
      width: WIDTH,
    },
    data: dataTable(title, rows, [
      text('Contestant', ({ name }) => name),
      count('n', ({ n }) => n),
      ms('p50', ({ p50Ms }) => p50Ms),
      ms('p99', ({ p99Ms }) => p99Ms, 'n too small'),
    ]),
  });
}
