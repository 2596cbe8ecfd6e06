import type { CellResult, Chart } from '../../record/index.js';
import {
  foldedTable,
  heading,
  paragraph,
  section,
  type Blocks,
  type Section,
  type TableBlock,
} from '../document/block.js';
import { count, ms, number } from '../document/table.js';
import { formatBytes, formatCount, formatNumber, formatRate } from '../../words/number.js';
import { mainLoads, shownFirst, whoseOf } from './cell-selection.js';
import { cellTable } from './cell-table.js';
import type { ReportContext } from './report-context.js';

const BY_CONTESTANT = { kind: 'bars', rows: 'contestant', x: '' } as const;

/** Where the milliseconds go (method rule 17), and what a request costs the machine. */
export function timeAndResourcesSection(context: ReportContext, cells: readonly CellResult[]): Section {
  return section('split', 'Where the time goes', 'Time and resources', [
    splitBlocks(context, cells),
    heading('resources', 'Resources'),
    resources(context, cells),
  ]);
}

/** The split under each of the main loads. */
export function splitBlocks(context: ReportContext, cells: readonly CellResult[]): Blocks {
  const charts = mainLoads(cells).map(({ setting, load, cells: members }): Chart => {
    const valid = members.filter((each) => each.valid);
    return {
      ...BY_CONTESTANT,
      stacked: true,
      y: 'mean time, ms',
      title: `Split of time: ${load}`,
      caption: `Means over all samples; ${setting}. Parts from left to right in the order of the legend; the figure beside a bar is its sum, the mean latency.`,
      points: valid.flatMap(({ cell: { contestant }, split }) =>
        split.map(({ part, ms: y }) => ({ contestant, variant: part, x: '', y })),
      ),
    };
  });
  const figures = context.charts(charts);
  if (figures.length === 0) return paragraph('No valid cell holds a split of its time.');
  return [
    paragraph(
      'Mean milliseconds of each part, from the Server-Timing header of our services and from the counters of TensorFlow Serving. “Unaccounted” is the remainder to the measured mean. It is never hidden: below zero it says that the parts overlap or that their clocks disagree.',
    ),
    figures,
  ];
}

function resources(context: ReportContext, cells: readonly CellResult[]): Blocks {
  const [shown, others] = shownFirst(cells);
  if (cells.length === 0) return paragraph('No cell was measured.');
  const folded = `What a request costs in the ${formatCount(others.length)} other cells`;
  return [
    paragraph('Sampled from the servers’ processes during the trials. A proxy counts its model server too.'),
    cpuFigure(context, cells),
    resourceTable(context, shown, 'What a request costs'),
    foldedTable(resourceTable(context, others, folded)),
  ];
}

/** CPU of one request on the idle server: what a busier machine would have to give. */
function cpuFigure(context: ReportContext, cells: readonly CellResult[]): Blocks {
  const [idle] = mainLoads(cells).map(({ setting, load, cells: members }): Chart => ({
    ...BY_CONTESTANT,
    stacked: false,
    y: 'CPU time per request, ms',
    title: `CPU per request: ${load}`,
    caption: `All processes of the contestant; ${setting}.`,
    points: members.flatMap((each) => {
      const { cpuMsPerRequest: y, valid } = each;
      return y === null ? [] : [{ ...whoseOf(each, cells), x: '', y, valid }];
    }),
  }));
  return idle && context.charts([idle]);
}

export function resourceTable(context: ReportContext, cells: readonly CellResult[], caption: string): TableBlock {
  const rows = cells.map((each) => ({ ...each, usage: usageOf(context, each), answered: each.service.n > 0 }));
  const note =
    'Bytes: bodies or messages of one request, means over all samples. Event loop: of Node contestants, with the warm-up.';
  return cellTable(context, { caption, note }, rows, [
    ms('CPU per request', ({ cpuMsPerRequest }) => cpuMsPerRequest),
    number('Requests per CPU-second', ({ cpuMsPerRequest: cost }) => (cost ? 1000 / cost : null), formatRate),
    number('Memory, highest', ({ rssMaxBytes }) => rssMaxBytes, formatBytes),
    ms('Event loop held up, p99', ({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms),
    number('Bytes out', ({ bytesOutMean, answered }) => (answered ? bytesOutMean : null), formatBytes),
    number('Bytes in', ({ bytesInMean, answered }) => (answered ? bytesInMean : null), formatBytes),
    count('Threads', ({ usage }) => usage?.threads),
    number('Context switches per request', ({ usage }) => usage?.switchesPerRequest, formatNumber),
  ]);
}

function usageOf(
  { results }: ReportContext,
  { cell }: CellResult,
): { readonly threads: number; readonly switchesPerRequest: number | null } | undefined {
  const own = (results.trials ?? []).filter((trial) => trial.cell === cell.id && trial.usage.length > 0);
  if (own.length === 0) return undefined;
  const samples = own.reduce((sum, trial) => sum + trial.samples, 0);
  const switches = own
    .flatMap(({ usage }) => usage)
    .reduce((sum, each) => sum + each.voluntarySwitches + each.involuntarySwitches, 0);
  return {
    threads: Math.max(...own.map(({ usage }) => usage.reduce((sum, each) => sum + each.threads, 0))),
    switchesPerRequest: samples > 0 ? switches / samples : null,
  };
}
