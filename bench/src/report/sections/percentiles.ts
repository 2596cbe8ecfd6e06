import { LATENCIES, type CellResult, type Chart, type LatencySummary } from '../../record/index.js';
import { LATENCY_WORDS } from '../charts/spectrum-figure.js';
import {
  foldedTable,
  heading,
  paragraph,
  section,
  type Blocks,
  type FigureBlock,
  type Section,
  type TableBlock,
} from '../document/block.js';
import { count, ms, tableOf, text } from '../document/table.js';
import { counted, formatCount, formatPercentile } from '../../words/number.js';
import { mainLoads, shownFirst, whoseOf } from './cell-selection.js';
import { cellTable } from './cell-table.js';
import type { ReportContext } from './report-context.js';

/** Both latencies (method rule 3) of the main loads as spectra, and of every cell as certified percentiles. */
export function percentilesSection(context: ReportContext, cells: readonly CellResult[]): Section {
  const [shown, others] = shownFirst(cells);
  const folded = `Certified percentiles of the ${formatCount(others.length)} other cells`;
  return section('percentiles', 'Percentiles', 'Percentiles', [
    paragraph(
      'Service time runs from the actual send, response time from the instant at which the schedule wanted the request sent: what a user waits. In a closed loop both are nearly the same; in an open loop response time shows the waiting that service time hides.',
    ),
    spectrumFigures(context, cells),
    shown.length > 0 && percentileTable(context, shown, 'Certified percentiles'),
    foldedTable(percentileTable(context, others, folded)),
    coldStarts(context),
  ]);
}

/** The idle server, the busiest closed loop and up to two open rates of the largest sweep. */
export function spectrumFigures(context: ReportContext, cells: readonly CellResult[]): FigureBlock[] {
  const charts = mainLoads(cells).map(({ cells: members, setting, load }): Chart => {
    const valid = members.filter((each) => each.valid);
    const left = members.length - valid.length;
    const leftOut = left > 0 ? ` ${counted(left, 'INVALID cell is', 'INVALID cells are')} left out.` : '';
    return {
      kind: 'spectrum',
      title: `Percentile spectrum: ${load}`,
      caption: `${setting}. Each line ends at the highest percentile that its n certifies.${leftOut}`,
      points: valid.flatMap((each) =>
        LATENCIES.flatMap((latency) =>
          each[latency].spectrum.map((point) => ({ ...whoseOf(each, members), latency, ...point })),
        ),
      ),
    };
  });
  return context.charts(charts);
}

interface Row extends Pick<CellResult, 'cell' | 'valid'>, LatencySummary {
  readonly kind: (typeof LATENCIES)[number];
}

export function percentileTable(context: ReportContext, cells: readonly CellResult[], caption: string): TableBlock {
  const rows = cells.flatMap((each) =>
    LATENCIES.map((kind): Row => ({ cell: each.cell, valid: each.valid, kind, ...each[kind] })),
  );
  const shown = new Set(rows.flatMap(({ percentiles }) => percentiles.map(({ p }) => p)));
  const columns = [...shown]
    .toSorted((a, b) => a - b)
    .map((p) => {
      const found = (row: Row): Row['percentiles'][number] | undefined => row.percentiles.find((each) => each.p === p);
      return ms<Row>(
        formatPercentile(p),
        (row) => found(row)?.valueMs,
        (row) => whyAbsent(row.n, found(row)?.neededN),
      );
    });
  const note = `${LATENCY_WORDS.service}. ${LATENCY_WORDS.response}. “n too small”: fewer samples than certify the percentile at 99% confidence (method rule 9); in brackets how many would.`;
  return cellTable(context, { caption, note }, rows, [
    text('Latency', ({ kind }) => kind),
    count('n', ({ n }) => n),
    // Of no answers there is neither a mean nor a highest.
    ms('Mean', ({ n, meanMs }) => (n === 0 ? null : meanMs)),
    ...columns,
    ms('Max', ({ n, maxMs }) => (n === 0 ? null : maxMs)),
  ]);
}

function whyAbsent(n: number, neededN: number | undefined): string {
  if (neededN === undefined) return '–';
  return n < neededN ? `n too small (${formatCount(neededN)})` : 'not answered';
}

/** The first answer after a cold start is an experiment of its own, never part of the samples (method rule 6). */
function coldStarts(context: ReportContext): Blocks {
  const starts = context.results.study.coldStarts.filter(({ contestant }) => !context.isStandin(contestant));
  return (
    starts.length > 0 && [
      heading('cold', 'First request after a cold start'),
      tableOf(
        {
          caption: 'Cold start, from spawning the process',
          note: 'One start each: an order of size, not a distribution.',
        },
        starts,
        [
          text('Contestant', ({ contestant }) => context.label(contestant)),
          ms('Ready after', ({ readyMs }) => readyMs),
          ms('First answer took', ({ firstAnswerMs }) => firstAnswerMs),
        ],
      ),
    ]
  );
}
