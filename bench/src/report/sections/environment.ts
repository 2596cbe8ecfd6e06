import type { Block, Section, TableBlock } from '../document/block.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatCount, formatMs } from '../format/number.js';
import { formatDuration, formatInstant } from '../format/time.js';
import type { ReportContext } from './report-context.js';
import { rerunCommand } from './rerun-command.js';

/** Everything that is needed to run it again (method rule 22). */
export function environmentSection(context: ReportContext): Section {
  const { study } = context.results;
  const { seeds } = study.plan;
  return {
    id: 'environment',
    title: 'Environment and how to run it again',
    short: 'Environment',
    body: [
      { kind: 'labelled', label: 'Command', text: '' },
      { kind: 'code', text: study.command },
      {
        kind: 'facts',
        facts: [
          { name: 'Run', value: study.id },
          { name: 'Profile', value: study.plan.profile },
          { name: 'Seeds', value: `arrivals ${seeds.arrivals}, inputs ${seeds.inputs}, order ${seeds.order}` },
          { name: 'Started', value: formatInstant(study.startedAt) },
          { name: 'Ended', value: ended(context) },
          { name: 'TensorFlow Serving', value: servingWords(context) },
          ...study.notTested.map(({ subject, reason }) => ({ name: 'Not tested', value: `${subject}: ${reason}` })),
        ],
      },
      pairs('Machine', study.machine),
      pairs('Versions', study.versions),
      contestants(context),
      ...floors(context),
      ...rerun(context),
    ],
  };
}

function ended({ results }: ReportContext): string {
  const { startedAt, endedAt, interrupted } = results.study;
  const reason = interrupted === undefined ? '' : `; ended early: ${interrupted}`;
  if (endedAt === undefined) return `not recorded${reason}`;
  return `${formatInstant(endedAt)} (after ${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}; planned ${formatDuration(results.study.plan.expectedMs)} of trials)${reason}`;
}

export function servingWords({ results }: ReportContext): string {
  const { kind, version, detail } = results.study.serving;
  return kind === 'stand-in' ? `none; ${version} in its place (${detail})` : `${version}, by ${kind} (${detail})`;
}

function pairs(caption: string, values: Readonly<Record<string, string>>): TableBlock {
  return {
    kind: 'table',
    caption,
    columns: [textColumn('What'), textColumn('Value')],
    rows: Object.entries(values).map(([name, value]) => ({ cells: [textCell(name), textCell(value)] })),
  };
}

function contestants({ results }: ReportContext): TableBlock {
  return {
    kind: 'table',
    caption: 'Contestants',
    columns: ['Contestant', 'Id', 'Role', 'Protocol', 'Answers come from', 'Started as'].map(textColumn),
    rows: results.study.contestants.map(({ id, label, role, protocol, backend, command }) => ({
      cells: [
        textCell(label),
        textCell([{ as: 'code', text: id }]),
        textCell(role),
        textCell(protocol),
        textCell(backend),
        textCell([{ as: 'code', text: command }]),
      ],
    })),
  };
}

/** What the instrument itself takes (method rule 5a). */
function floors({ results }: ReportContext): Block[] {
  const { floors: measured } = results.study;
  if (measured === undefined || measured.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'What the load generator itself takes, against a server that answers at once with the same bytes',
      columns: [
        ...['Protocol', 'Payload', 'Model'].map(textColumn),
        ...['Instances', 'Bytes sent', 'Bytes answered', 'p50, one client', 'p99', 'CPU a request, 8 in flight'].map(
          numberColumn,
        ),
        numberColumn('Requests/s, 8 in flight'),
        textColumn('Sockets on'),
      ],
      rows: measured.map((floor) => ({
        cells: [
          textCell(floor.protocol === 'rest' ? 'REST' : 'gRPC'),
          textCell(floor.payload),
          textCell(floor.model),
          numberCell(floor.batch, formatCount),
          numberCell(floor.requestBytes, formatCount),
          numberCell(floor.answerBytes, formatCount),
          numberCell(floor.p50Ms, formatMs),
          numberCell(floor.p99Ms, formatMs),
          numberCell(floor.cpuMsPerRequest, formatMs),
          numberCell(floor.throughputPerS, formatCount),
          textCell(floor.driver === 'node' ? 'node:net' : 'system calls'),
        ],
      })),
    },
  ];
}

function rerun(context: ReportContext): Block[] {
  const { results } = context;
  const cell = results.cells.find(({ trials }) => trials.length > 0)?.cell;
  if (cell === undefined) return [];
  const trials = results.trials ?? [];
  return [
    { kind: 'heading', level: 3, id: 'rerun', text: 'Running one cell again' },
    {
      kind: 'paragraph',
      text: [
        'A cell’s id begins with its experiment and ends with its contestant. Name both, and both contestants where a pair is compared, so that the trials are interleaved again. For ',
        { as: 'code', text: cell.id },
        ':',
      ],
    },
    { kind: 'code', text: rerunCommand(results.study.command, cell) },
    { kind: 'paragraph', text: 'To make this report again from the files alone:' },
    { kind: 'code', text: `npm run report -- reports/${results.study.id}` },
    ...(trials.length === 0
      ? []
      : [
          {
            kind: 'details',
            summary: `Seeds and sample file of each of the ${formatCount(trials.length)} trials`,
            body: [trialTable(context)],
          } as const,
        ]),
  ];
}

function trialTable({ results }: ReportContext): TableBlock {
  return {
    kind: 'table',
    caption: 'Trials in the order in which they were run',
    columns: [
      textColumn('Cell'),
      numberColumn('Block'),
      numberColumn('Place'),
      textColumn('Started'),
      numberColumn('Length'),
      numberColumn('Samples'),
      textColumn('Seeds: arrivals, inputs'),
      numberColumn('Measured RTT'),
      textColumn('Samples file'),
    ],
    rows: (results.trials ?? []).map(
      ({ cell, block, position, startedAt, durationMs, samples, seeds, measuredRttMs, samplesFile, cut }) => ({
        ...(cut ? { tone: 'warn' as const } : {}),
        cells: [
          textCell([{ as: 'code', text: cell }]),
          numberCell(block, formatCount),
          numberCell(position, formatCount),
          textCell(formatInstant(startedAt)),
          numberCell(durationMs, formatMs),
          numberCell(samples, formatCount),
          textCell(`${seeds.arrivals}, ${seeds.inputs}`),
          numberCell(measuredRttMs ?? null, formatMs),
          textCell([{ as: 'code', text: samplesFile }, ...(cut ? [' (cut short: decides nothing)'] : [])]),
        ],
      }),
    ),
  };
}
