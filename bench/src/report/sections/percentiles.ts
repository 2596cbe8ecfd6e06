import type { CellResult, LatencySummary } from '../../record/index.js';
import { LATENCY_WORDS } from '../charts/spectrum-figure.js';
import type { Block, FigureBlock, Section, TableBlock } from '../document/block.js';
import { number, tableOf, text } from '../document/table.js';
import { formatLoop } from '../format/condition.js';
import { formatCount, formatMs, formatPercentile } from '../format/number.js';
import { mainLoads, shownFirst, whoseOf } from './cell-selection.js';
import type { ReportContext } from './report-context.js';

type Kind = 'service' | 'response';
const KINDS = ['service', 'response'] as const satisfies readonly Kind[];

/** Both latencies (method rule 3) of the main loads as spectra, and of every cell as certified percentiles. */
export function percentilesSection(context: ReportContext, cells: readonly CellResult[]): Section {
  const [shown, others] = shownFirst(cells);
  const folded = `Certified percentiles of the ${formatCount(others.length)} other cells`;
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
      ...foldedTable(folded, others, (caption) => percentileTable(context, others, caption)),
      ...coldStarts(context),
    ],
  };
}

/** A table that is there for who looks for it; nothing when it would be empty. */
export function foldedTable(
  summary: string,
  rows: readonly unknown[],
  table: (caption: string) => TableBlock,
): Block[] {
  return rows.length === 0 ? [] : [{ kind: 'details', summary, body: [table(summary)] }];
}

/** The idle server, the busiest closed loop and up to two open rates of the largest sweep. */
export function spectrumFigures(context: ReportContext, cells: readonly CellResult[]): FigureBlock[] {
  return mainLoads(cells).flatMap(({ cells: members, setting }) => {
    const valid = members.filter((each) => each.valid);
    const [first] = valid;
    const points = valid.flatMap((each) =>
      KINDS.flatMap((latency) =>
        each[latency].spectrum.map((point) => ({ ...whoseOf(each, members), latency, ...point })),
      ),
    );
    if (first === undefined || points.length === 0) return [];
    const left = members.length - valid.length;
    const leftOut = left > 0 ? ` ${formatCount(left)} INVALID ${left === 1 ? 'cell is' : 'cells are'} left out.` : '';
    return [
      context.chart({
        kind: 'spectrum',
        title: `Percentile spectrum: ${formatLoop(first.cell.condition.loop)}`,
        caption: `${setting}. Each line ends at the highest percentile that its n certifies.${leftOut}`,
        points,
      }),
    ];
  });
}

export function percentileTable(context: ReportContext, cells: readonly CellResult[], caption: string): TableBlock {
  const summaries = cells.flatMap(({ service, response }) => [service, response]);
  const percentiles = [...new Set(summaries.flatMap((summary) => summary.percentiles.map(({ p }) => p)))];
  const rows = cells.flatMap((each) => KINDS.map((kind) => ({ each, kind, summary: each[kind] })));
  /** Of no answers there is neither a mean nor a highest. */
  const any = ({ n }: LatencySummary, ms: number): number | null => (n === 0 ? null : ms);
  return tableOf(
    caption,
    rows,
    [
      text('Contestant', ({ each }) => context.label(each.cell.contestant)),
      text('Load', ({ each }) => formatLoop(each.cell.condition.loop)),
      text('Latency', ({ kind }) => kind),
      number('n', ({ summary }) => summary.n, formatCount),
      number('Mean', ({ summary }) => any(summary, summary.meanMs), formatMs),
      ...percentiles
        .toSorted((a, b) => a - b)
        .map((p) =>
          number<(typeof rows)[number]>(
            formatPercentile(p),
            ({ summary }) => percentileOf(summary, p)?.valueMs,
            formatMs,
            ({ summary }) => whyAbsent(summary, p),
          ),
        ),
      number('Max', ({ summary }) => any(summary, summary.maxMs), formatMs),
      text('Valid', ({ each }) => (each.valid ? 'yes' : 'INVALID')),
    ],
    {
      of: ({ each }) => each.cell.contestant,
      tone: ({ each }) => (each.valid ? undefined : 'bad'),
      note: `${LATENCY_WORDS.service}. ${LATENCY_WORDS.response}. “n too small”: fewer samples than certify the percentile at 99% confidence (method rule 9); in brackets how many would.`,
    },
  );
}

function percentileOf(summary: LatencySummary, p: number): LatencySummary['percentiles'][number] | undefined {
  return summary.percentiles.find((each) => each.p === p);
}

function whyAbsent(summary: LatencySummary, p: number): string {
  const found = percentileOf(summary, p);
  if (found === undefined) return '–';
  return summary.n < found.neededN ? `n too small (${formatCount(found.neededN)})` : 'not answered';
}

/** The first answer after a cold start is an experiment of its own, never part of the samples (method rule 6). */
function coldStarts(context: ReportContext): Block[] {
  const starts = context.results.study.coldStarts.filter(({ contestant }) => !context.isStandin(contestant));
  if (starts.length === 0) return [];
  return [
    { kind: 'heading', level: 3, id: 'cold', text: 'First request after a cold start' },
    tableOf(
      'Cold start, from spawning the process',
      starts,
      [
        text('Contestant', ({ contestant }) => context.label(contestant)),
        number('Ready after', ({ readyMs }) => readyMs, formatMs),
        number('First answer took', ({ firstAnswerMs }) => firstAnswerMs, formatMs),
      ],
      { of: ({ contestant }) => contestant, note: 'One start each: an order of size, not a distribution.' },
    ),
  ];
}
