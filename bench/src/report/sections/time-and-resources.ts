import type { CellResult } from '../../record/index.js';
import type { Block, Section, TableBlock } from '../document/block.js';
import { number, tableOf, text } from '../document/table.js';
import { formatLoop } from '../format/condition.js';
import { formatBytes, formatCount, formatMs, formatNumber, formatRate } from '../format/number.js';
import { mainLoads, shownFirst, whoseOf } from './cell-selection.js';
import { foldedTable } from './percentiles.js';
import type { ReportContext } from './report-context.js';

/** Where the milliseconds go (method rule 17), and what a request costs the machine. */
export function timeAndResourcesSection(context: ReportContext, cells: readonly CellResult[]): Section {
  return {
    id: 'split',
    title: 'Where the time goes',
    short: 'Time and resources',
    body: [
      ...splitBlocks(context, cells),
      { kind: 'heading', level: 3, id: 'resources', text: 'Resources' },
      ...resources(context, cells),
    ],
  };
}

/** The split under each of the main loads. */
export function splitBlocks(context: ReportContext, cells: readonly CellResult[]): Block[] {
  const shown = mainLoads(cells).flatMap(({ setting, cells: all }) => {
    const members = all.filter(({ split, valid }) => valid && split.length > 0);
    const [first] = members;
    return first === undefined ? [] : [{ setting, members, load: formatLoop(first.cell.condition.loop) }];
  });
  if (shown.length === 0) return [{ kind: 'paragraph', text: 'No valid cell holds a split of its time.' }];
  return [
    {
      kind: 'paragraph',
      text: 'Mean milliseconds of each part, from the Server-Timing header of our services and from the counters of TensorFlow Serving. “Unaccounted” is the remainder to the measured mean. It is never hidden: below zero it says that the parts overlap or that their clocks disagree.',
    },
    ...shown.map(({ setting, members, load }) =>
      context.chart({
        kind: 'bars',
        title: `Split of time: ${load}`,
        caption: `Means over all samples; ${setting}. Parts from left to right in the order of the legend; the figure beside a bar is its sum, the mean latency.`,
        x: '',
        y: 'mean time, ms',
        rows: 'contestant',
        stacked: true,
        points: members.flatMap(({ cell, split }) =>
          split.map(({ part, ms }) => ({ contestant: cell.contestant, variant: part, x: '', y: ms })),
        ),
      }),
    ),
  ];
}

function resources(context: ReportContext, cells: readonly CellResult[]): Block[] {
  const [shown, others] = shownFirst(cells);
  if (cells.length === 0) return [{ kind: 'paragraph', text: 'No cell was measured.' }];
  const folded = `What a request costs in the ${formatCount(others.length)} other cells`;
  return [
    {
      kind: 'paragraph',
      text: 'Sampled from the servers’ processes during the trials. A proxy counts its model server too.',
    },
    ...cpuFigure(context, cells),
    resourceTable(context, shown, 'What a request costs'),
    ...foldedTable(folded, others, (caption) => resourceTable(context, others, caption)),
  ];
}

/** CPU of one request on the idle server: what a busier machine would have to give. */
function cpuFigure(context: ReportContext, cells: readonly CellResult[]): Block[] {
  const [idle] = mainLoads(cells);
  const [first] = idle?.cells ?? [];
  const points = (idle?.cells ?? []).flatMap((each) => {
    const { cpuMsPerRequest: y, valid } = each;
    return y === null ? [] : [{ ...whoseOf(each, cells), x: '', y, valid }];
  });
  if (points.length === 0 || idle === undefined || first === undefined) return [];
  return [
    context.chart({
      kind: 'bars',
      title: `CPU per request: ${formatLoop(first.cell.condition.loop)}`,
      caption: `All processes of the contestant; ${idle.setting}.`,
      x: '',
      y: 'CPU time per request, ms',
      rows: 'contestant',
      stacked: false,
      points,
    }),
  ];
}

export function resourceTable(context: ReportContext, cells: readonly CellResult[], caption: string): TableBlock {
  const rows = cells.map((each) => ({ ...each, usage: usageOf(context, each), answered: each.service.n > 0 }));
  return tableOf(
    caption,
    rows,
    [
      text('Contestant', ({ cell }) => context.label(cell.contestant)),
      text('Load', ({ cell }) => formatLoop(cell.condition.loop)),
      number('CPU per request', ({ cpuMsPerRequest }) => cpuMsPerRequest, formatMs),
      number(
        'Requests per CPU-second',
        ({ cpuMsPerRequest }) => ((cpuMsPerRequest ?? 0) > 0 ? 1000 / (cpuMsPerRequest ?? 0) : null),
        formatRate,
      ),
      number('Memory, highest', ({ rssMaxBytes }) => rssMaxBytes, formatBytes),
      number('Event loop held up, p99', ({ eventLoopDelayP99Ms }) => eventLoopDelayP99Ms, formatMs),
      number('Bytes out', ({ bytesOutMean, answered }) => (answered ? bytesOutMean : null), formatBytes),
      number('Bytes in', ({ bytesInMean, answered }) => (answered ? bytesInMean : null), formatBytes),
      number('Threads', ({ usage }) => usage?.threads, formatCount),
      number('Context switches per request', ({ usage }) => usage?.switchesPerRequest, formatNumber),
      text('Valid', ({ valid }) => (valid ? 'yes' : 'INVALID')),
    ],
    {
      of: ({ cell }) => cell.contestant,
      tone: ({ valid }) => (valid ? undefined : 'bad'),
      note: 'Bytes: bodies or messages of one request, means over all samples. Event loop: of Node contestants, with the warm-up.',
    },
  );
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
