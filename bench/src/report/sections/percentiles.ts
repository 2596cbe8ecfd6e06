import type { CellResult, LatencySummary } from '../../record/index.js';
import { LATENCY_WORDS } from '../charts/spectrum.js';
import type { FigureBlock, Section, TableBlock, TableCell } from '../document/block.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatLoop } from '../format/condition.js';
import { formatCount, formatMs, formatPercentile } from '../format/number.js';
import { mainLoads, seriesName, shownFirst } from './cell-selection.js';
import { coldStarts } from './cold-starts.js';
import { folded } from './folded.js';
import type { ReportContext } from './report-context.js';

/** Both latencies (method rule 3) of the main loads as spectra, and of every cell as certified percentiles. */
export function percentilesSection(context: ReportContext, cells: readonly CellResult[]): Section {
  const [shown, others] = shownFirst(cells);
  return {
    id: 'percentiles',
    title: 'Percentiles',
    short: 'Percentiles',
    body: [
      {
        kind: 'paragraph',
        text: 'Service time runs from the actual send, response time from the instant at which the schedule wanted the request sent: what a user waits. In a closed loop both are nearly the same; in an open loop response time shows the waiting that service time hides.',
      },
      ...spectrumFigures(context, cells),
      ...(shown.length === 0 ? [] : [percentileTable(context, shown, 'Certified percentiles')]),
      ...folded(`Certified percentiles of the ${formatCount(others.length)} other cells`, others, (members, caption) =>
        percentileTable(context, members, caption),
      ),
      ...coldStarts(context),
    ],
  };
}

/** The idle server, the busiest closed loop and up to two open rates of the largest sweep. */
export function spectrumFigures(context: ReportContext, cells: readonly CellResult[]): FigureBlock[] {
  return mainLoads(cells).flatMap((load) => spectrumFigure(context, load.cells, load.setting));
}

function spectrumFigure(context: ReportContext, members: readonly CellResult[], setting: string): FigureBlock[] {
  const valid = members.filter((each) => each.valid);
  const [first] = valid;
  if (first === undefined) return [];
  const load = formatLoop(first.cell.condition.loop);
  const points = valid.flatMap((each) =>
    (['service', 'response'] as const).flatMap((latency) =>
      each[latency].spectrum.map(({ p, ms }) => ({
        series: seriesName(each, members, (id) => context.label(id)),
        latency,
        p,
        ms,
      })),
    ),
  );
  if (points.length === 0) return [];
  const left = members.length - valid.length;
  return [
    context.chart({
      kind: 'spectrum',
      title: `Percentile spectrum: ${load}`,
      caption: `${setting}. Each line ends at the highest percentile that its n certifies.${left > 0 ? ` ${formatCount(left)} INVALID ${left === 1 ? 'cell is' : 'cells are'} left out.` : ''}`,
      points,
    }),
  ];
}

export function percentileTable(context: ReportContext, cells: readonly CellResult[], caption: string): TableBlock {
  const percentiles = [
    ...new Set(
      cells.flatMap(({ service, response }) => [...service.percentiles, ...response.percentiles].map(({ p }) => p)),
    ),
  ].toSorted((a, b) => a - b);
  return {
    kind: 'table',
    caption,
    columns: [
      textColumn('Contestant'),
      textColumn('Load'),
      textColumn('Latency'),
      numberColumn('n'),
      numberColumn('Mean'),
      ...percentiles.map((p) => numberColumn(formatPercentile(p))),
      numberColumn('Max'),
      textColumn('Valid'),
    ],
    rows: cells.flatMap((each) =>
      (['service', 'response'] as const).map((kind) => ({
        ...(each.valid ? {} : { tone: 'bad' as const }),
        cells: [
          textCell(context.label(each.cell.contestant)),
          textCell(formatLoop(each.cell.condition.loop)),
          textCell(kind),
          numberCell(each[kind].n, formatCount),
          numberCell(each[kind].meanMs, formatMs),
          ...percentiles.map((p) => percentileCell(each[kind], p)),
          numberCell(each[kind].maxMs, formatMs),
          textCell(each.valid ? 'yes' : 'INVALID'),
        ],
      })),
    ),
    note: `${LATENCY_WORDS.service}. ${LATENCY_WORDS.response}. “n too small”: fewer samples than certify the percentile at 99% confidence (method rule 9); in brackets how many would.`,
  };
}

function percentileCell(summary: LatencySummary, p: number): TableCell {
  const found = summary.percentiles.find((each) => each.p === p);
  if (found === undefined) return textCell('–');
  const why = summary.n < found.neededN ? `n too small (${formatCount(found.neededN)})` : 'not answered';
  return numberCell(found.valueMs, formatMs, why);
}
