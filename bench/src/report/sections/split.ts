import type { CellResult } from '../../record/index.js';
import type { Block, Section, TableBlock } from '../document/block.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatLoop } from '../format/condition.js';
import { formatBytes, formatCount, formatMs, formatNumber, formatRate } from '../format/number.js';
import { mainLoads, seriesName, shownFirst } from './cell-selection.js';
import { folded } from './folded.js';
import type { ReportContext } from './report-context.js';

/** Where the milliseconds go (method rule 17), and what a request costs the machine. */
export function splitSection(context: ReportContext, cells: readonly CellResult[]): Section {
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
  const shown = mainLoads(cells)
    .map(({ setting, cells: members }) => ({
      setting,
      members: members.filter(({ split, valid }) => valid && split.length > 0),
    }))
    .filter(({ members }) => members.length > 0);
  if (shown.length === 0) return [{ kind: 'paragraph', text: 'No valid cell holds a split of its time.' }];
  return [
    {
      kind: 'paragraph',
      text: 'Mean milliseconds of each part, from the Server-Timing header of our services and from the counters of TensorFlow Serving. “Unaccounted” is the remainder to the measured mean. It is never hidden: below zero it says that the parts overlap or that their clocks disagree.',
    },
    ...shown.map(({ setting, members }) => {
      const load = formatLoop(members[0]?.cell.condition.loop ?? { kind: 'closed', concurrency: 1 });
      return context.chart({
        kind: 'bars',
        title: `Split of time: ${load}`,
        caption: `Means over all samples; ${setting}. Parts from left to right in the order of the legend; the figure beside a bar is its sum, the mean latency.`,
        x: 'contestant',
        y: 'mean time, ms',
        stacked: true,
        points: members.flatMap((each) =>
          each.split.map(({ part, ms }) => ({
            series: part,
            x: seriesName(each, members, (id) => context.label(id)),
            y: ms,
          })),
        ),
      });
    }),
  ];
}

function resources(context: ReportContext, cells: readonly CellResult[]): Block[] {
  const [shown, others] = shownFirst(cells);
  if (cells.length === 0) return [{ kind: 'paragraph', text: 'Nothing was measured.' }];
  return [
    {
      kind: 'paragraph',
      text: 'Sampled from the servers’ processes during the trials. A proxy counts its model server too.',
    },
    ...cpuFigure(context, cells),
    resourceTable(context, shown, 'What a request costs'),
    ...folded(`What a request costs in the ${formatCount(others.length)} other cells`, others, (members, caption) =>
      resourceTable(context, members, caption),
    ),
  ];
}

/** CPU of one request on the idle server: what a busier machine would have to give. */
function cpuFigure(context: ReportContext, cells: readonly CellResult[]): Block[] {
  const [idle] = mainLoads(cells);
  const points = (idle?.cells ?? []).flatMap((each) =>
    each.cpuMsPerRequest === null
      ? []
      : [
          {
            series: 'CPU',
            x: seriesName(each, cells, (id) => context.label(id)),
            y: each.cpuMsPerRequest,
            valid: each.valid,
          },
        ],
  );
  const [first] = idle?.cells ?? [];
  if (points.length === 0 || idle === undefined || first === undefined) return [];
  return [
    context.chart({
      kind: 'bars',
      title: `CPU per request: ${formatLoop(first.cell.condition.loop)}`,
      caption: `All processes of the contestant; ${idle.setting}.`,
      x: 'contestant',
      y: 'CPU time per request, ms',
      stacked: false,
      points,
    }),
  ];
}

export function resourceTable(context: ReportContext, cells: readonly CellResult[], caption: string): TableBlock {
  return {
    kind: 'table',
    caption,
    columns: [
      textColumn('Contestant'),
      textColumn('Load'),
      numberColumn('CPU per request'),
      numberColumn('Requests per CPU-second'),
      numberColumn('Memory, highest'),
      numberColumn('Event loop held up, p99'),
      numberColumn('Bytes out'),
      numberColumn('Bytes in'),
      numberColumn('Threads'),
      numberColumn('Context switches per request'),
      textColumn('Valid'),
    ],
    rows: cells.map((each) => {
      const usage = usageOf(context, each);
      return {
        ...(each.valid ? {} : { tone: 'bad' as const }),
        cells: [
          textCell(context.label(each.cell.contestant)),
          textCell(formatLoop(each.cell.condition.loop)),
          numberCell(each.cpuMsPerRequest, formatMs),
          numberCell(
            each.cpuMsPerRequest === null || each.cpuMsPerRequest <= 0 ? null : 1000 / each.cpuMsPerRequest,
            formatRate,
          ),
          numberCell(each.rssMaxBytes, formatBytes),
          numberCell(each.eventLoopDelayP99Ms, formatMs),
          numberCell(each.bytesOutMean, formatBytes),
          numberCell(each.bytesInMean, formatBytes),
          numberCell(usage?.threads ?? null, formatCount),
          numberCell(usage?.switchesPerRequest ?? null, formatNumber),
          textCell(each.valid ? 'yes' : 'INVALID'),
        ],
      };
    }),
    note: 'Bytes: bodies or messages of one request, means over all samples. Event loop: of Node contestants, with the warm-up.',
  };
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
