import type { Block, Section, TableBlock } from '../document/block.js';
import type { Inline } from '../document/inline.js';
import { number, tableOf, text } from '../document/table.js';
import { formatCount, formatMs } from '../format/number.js';
import { formatDuration, formatInstant } from '../format/time.js';
import type { Cell } from '../../record/index.js';
import { foldedTable } from './percentiles.js';
import type { ReportContext } from './report-context.js';

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

export function servingWords({ results, standinRan }: ReportContext): string {
  const { kind, version, detail } = results.study.serving;
  if (kind !== 'stand-in') return `${version}, by ${kind} (${detail})`;
  return standinRan ? `none; ${version} in its place (${detail})` : `none (${detail})`;
}

function pairs(caption: string, values: Readonly<Record<string, string>>): TableBlock {
  return tableOf(caption, Object.entries(values), [
    text('What', ([name]) => name),
    text('Value', ([, value]) => value),
  ]);
}

function code(words: string): readonly Inline[] {
  return [{ as: 'code', text: words }];
}

function contestants({ results }: ReportContext): TableBlock {
  return tableOf(
    'Contestants',
    results.study.contestants,
    [
      text('Contestant', ({ label }) => label),
      text('Id', ({ id }) => code(id)),
      text('Role', ({ role }) => role),
      text('Protocol', ({ protocol }) => protocol),
      text('Answers come from', ({ backend }) => backend),
      text('Started as', ({ command }) => code(command)),
    ],
    { of: ({ id }) => id },
  );
}

const DRIVERS = { node: 'node:net', 'system-calls': 'system calls' } as const;

/** What the instrument itself takes (method rule 5a). */
function floors({ results }: ReportContext): Block[] {
  const { floors: measured = [] } = results.study;
  if (measured.length === 0) return [];
  return [
    tableOf(
      'What the load generator itself takes, against a server that answers at once with the same bytes',
      measured,
      [
        text('Protocol', ({ protocol }) => (protocol === 'rest' ? 'REST' : 'gRPC')),
        text('Payload', ({ payload }) => payload),
        text('Model', ({ model }) => model),
        number('Instances', ({ batch }) => batch, formatCount),
        number('Bytes sent', ({ requestBytes }) => requestBytes, formatCount),
        number('Bytes answered', ({ answerBytes }) => answerBytes, formatCount),
        number('p50, one client', ({ p50Ms }) => p50Ms, formatMs),
        number('p99', ({ p99Ms }) => p99Ms, formatMs),
        number('CPU a request, 8 in flight', ({ cpuMsPerRequest }) => cpuMsPerRequest, formatMs),
        number('Requests/s, 8 in flight', ({ throughputPerS }) => throughputPerS, formatCount),
        text('Sockets on', ({ driver }) => (driver === undefined ? '–' : DRIVERS[driver])),
      ],
    ),
  ];
}

function rerun(context: ReportContext): Block[] {
  const { results } = context;
  const cell = results.cells.find(({ trials }) => trials.length > 0)?.cell;
  const again: Block[] = [
    { kind: 'paragraph', text: 'To make this report again from the files alone:' },
    { kind: 'code', text: `npm run report -- reports/${results.study.id}` },
  ];
  if (cell === undefined) return again;
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
    ...again,
    ...foldedTable(`Seeds and sample file of each of the ${formatCount(trials.length)} trials`, trials, () =>
      trialTable(context),
    ),
  ];
}

/** The run's own command, narrowed to a cell's experiment and contestant: profile and seeds stay. */
export function rerunCommand(
  command: string,
  { experiment, contestant }: Pick<Cell, 'experiment' | 'contestant'>,
): string {
  const kept = command
    .replace(/\s--(?:resume|only|contestants)(?:=|\s+)\S+/g, '')
    .replace(/\s+--\s*$/, '')
    .trim();
  const separator = kept.includes(' -- ') ? '' : ' --';
  return `${kept}${separator} --only ${experiment} --contestants ${contestant}`;
}

function trialTable(context: ReportContext): TableBlock {
  return tableOf(
    'Trials in the order in which they were run',
    context.results.trials ?? [],
    [
      text('Cell', ({ cell }) => code(cell)),
      number('Block', ({ block }) => block, formatCount),
      number('Place', ({ position }) => position, formatCount),
      text('Started', ({ startedAt }) => formatInstant(startedAt)),
      number('Length', ({ durationMs }) => durationMs, formatMs),
      number('Samples', ({ samples }) => samples, formatCount),
      text('Seeds: arrivals, inputs', ({ seeds }) => `${seeds.arrivals}, ${seeds.inputs}`),
      number('Measured RTT', ({ measuredRttMs }) => measuredRttMs, formatMs),
      text('Samples file', ({ samplesFile, cut }) => [
        ...code(samplesFile),
        ...(cut ? [' (cut short: decides nothing)'] : []),
      ]),
    ],
    {
      of: ({ cell }) => context.cell(cell)?.cell.contestant,
      tone: ({ cut }) => (cut ? 'warn' : undefined),
    },
  );
}

const KNOWN: Readonly<Record<string, string>> = {
  'study.json': 'the plan, the machine, the contestants, ledger and parity',
  'trials.jsonl': 'one line for each trial: seeds, generator health, resources',
  'results.json': 'what statistics and verdict rules made of it; this report is drawn from it alone',
};
const MOST_OPEN = 12;
const PERCENTILES = /^percentiles\/.*\.(service|response)\.hgrm$/;

/** The names of the raw files (method rule 22), and of what is made from them for other tools. */
export function filesSection({ results }: ReportContext): Section {
  const known = results.files.filter((name) => KNOWN[name] !== undefined);
  const percentiles = results.files.filter((name) => PERCENTILES.test(name));
  const samples = results.files.filter((name) => KNOWN[name] === undefined && !PERCENTILES.test(name));
  return {
    id: 'files',
    title: 'Raw files',
    short: 'Files',
    body: [
      { kind: 'paragraph', text: 'Beside this report, in the folder of the run:' },
      fileTable('Files', known),
      ...listed('Samples', samples, 'files of samples'),
      ...listed('Percentile distributions', percentiles, 'files of percentile distributions'),
    ],
  };
}

/** Folded away when they are many. */
function listed(caption: string, names: readonly string[], many: string): Block[] {
  if (names.length > MOST_OPEN)
    return foldedTable(`${formatCount(names.length)} ${many}`, names, () => fileTable(caption, names));
  return names.length === 0 ? [] : [fileTable(caption, names)];
}

function fileTable(caption: string, names: readonly string[]): TableBlock {
  return tableOf(caption, names, [
    text('File', (name) => [{ as: 'link', text: name, to: name }]),
    text('Holds', contents),
  ]);
}

function contents(name: string): string {
  const [, latency] = PERCENTILES.exec(name) ?? [];
  const percentiles = `${latency ?? ''} time of a valid cell, made from its samples: HdrHistogram’s text form, ms`;
  const samples = 'samples: every request with its instants, outcome and bytes';
  return KNOWN[name] ?? (latency === undefined ? samples : percentiles);
}
