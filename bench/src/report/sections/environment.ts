import {
  foldedTable,
  heading,
  labelled,
  paragraph,
  section,
  type Block,
  type Blocks,
  type Section,
  type TableBlock,
} from '../document/block.js';
import { code, link } from '../document/inline.js';
import { count, ms, tableOf, text } from '../document/table.js';
import { formatCount, formatDuration } from '../../words/number.js';
import { formatInstant } from '../format/time.js';
import { UNKNOWN_VERSION, type Cell, type Floor, type StudyRecord } from '../../record/index.js';
import type { ReportContext } from './report-context.js';

/** Everything that is needed to run it again (method rule 22). */
export function environmentSection(context: ReportContext): Section {
  const { study } = context.results;
  const { seeds } = study.plan;
  return section('environment', 'Environment and how to run it again', 'Environment', [
    labelled('Command', ''),
    commandBlock(study.command),
    {
      kind: 'facts',
      facts: [
        ['Run', study.id],
        ['Profile', study.plan.profile],
        ['Seeds', `arrivals ${seeds.arrivals}, inputs ${seeds.inputs}, order ${seeds.order}`],
        ['Started', formatInstant(study.startedAt)],
        ['Ended', ended(context)],
        ...resumes(context),
        ['TensorFlow Serving', servingWords(context)],
        ...study.notTested.map(({ subject, reason }) => ['Not tested', `${subject}: ${reason}`] as const),
      ],
    },
    pairs('Machine', study.machine),
    pairs('Versions', study.versions),
    contestants(context),
    floors(context),
    rerun(context),
  ]);
}

function commandBlock(command: string): Block {
  return { kind: 'code', text: command };
}

/** What else it was run by, and on, after its first stretch. */
function resumes({ results }: ReportContext): [string, string][] {
  const { segments: [first, ...later] = [] } = results.study;
  return later.map(({ startedAt, command, machine }) => {
    const other = Object.entries(machine).filter(
      ([name, value]) => name !== 'memory' && first?.machine[name] !== value,
    );
    return ['Gone on', [formatInstant(startedAt), command, ...other.map((pair) => pair.join(': '))].join('; ')];
  });
}

function ended({ results }: ReportContext): string {
  const { endedAt, interrupted, plan } = results.study;
  const reason = interrupted === undefined ? '' : `; ended early: ${interrupted}`;
  if (endedAt === undefined) return `not recorded${reason}`;
  const lasted = lastedWords(results.study).map((words) => `after ${words}; `);
  return `${formatInstant(endedAt)} (${lasted.join('')}planned ${formatDuration(plan.expectedMs)} of trials)${reason}`;
}

/** How long a run took; nothing where that is not known: it was resumed, killed, or its clock was set back. */
export function lastedWords({ startedAt, endedAt, segments = [] }: StudyRecord): string[] {
  const ms = endedAt === undefined ? -1 : Date.parse(endedAt) - Date.parse(startedAt);
  return segments.length > 1 || ms < 0 ? [] : [formatDuration(ms)];
}

export function servingWords({ results, standinRan }: ReportContext): string {
  const { kind, version, detail } = results.study.serving;
  if (kind !== 'stand-in') return `${version}, by ${kind} (${detail})`;
  return standinRan && version !== UNKNOWN_VERSION ? `none; ${version} in its place (${detail})` : `none (${detail})`;
}

export function machineWords({ results }: ReportContext): string {
  const { processor = 'an unknown processor', 'schedulable CPUs': cpus = '?' } = results.study.machine;
  return `${processor}, ${cpus} ${cpus === '1' ? 'CPU' : 'CPUs'}`;
}

function pairs(caption: string, values: Readonly<Record<string, string>>): TableBlock {
  return tableOf(caption, Object.entries(values), [
    text('What', ([name]) => name),
    text('Value', ([, value]) => value),
  ]);
}

function contestants({ results }: ReportContext): TableBlock {
  return tableOf({ caption: 'Contestants', of: ({ id }) => id }, results.study.contestants, [
    text('Contestant', ({ label }) => label),
    text('Id', ({ id }) => code(id)),
    text('Role', ({ role }) => role),
    text('Protocol', ({ protocol }) => protocol),
    text('Answers come from', ({ backend }) => backend),
    text('Started as', ({ command }) => code(command)),
  ]);
}

/** What the instrument itself takes (method rule 5a). */
function floors({ results }: ReportContext): Blocks {
  const { floors: measured = [] } = results.study;
  const caption = 'What the load generator itself takes, against a server that answers at once with the same bytes';
  return (
    measured.length > 0 &&
    tableOf(caption, measured, [
      text('Protocol', ({ protocol }) => (protocol === 'rest' ? 'REST' : 'gRPC')),
      text('Payload', ({ payload }) => payload),
      text('Model', ({ model }) => model),
      count('Instances', ({ batch }) => batch),
      count('Bytes sent', ({ requestBytes }) => requestBytes),
      count('Bytes answered', ({ answerBytes }) => answerBytes),
      ms('p50, one client', ({ p50Ms }) => p50Ms),
      ms('p99', ({ p99Ms }) => p99Ms),
      ms('CPU a request, 8 in flight', ({ cpuMsPerRequest }) => cpuMsPerRequest),
      count('Requests/s, 8 in flight', ({ throughputPerS }) => throughputPerS),
      ...(measured.some(({ generator }) => generator !== undefined)
        ? [text<Floor>('Generator', ({ generator }) => generator ?? '–')]
        : []),
    ])
  );
}

function rerun(context: ReportContext): Blocks {
  const { study, cells, trials = [] } = context.results;
  const cell = cells.find(({ trials: own }) => own.length > 0)?.cell;
  return [
    cell !== undefined && [
      heading('rerun', 'Running one cell again'),
      paragraph([
        'A cell’s id begins with its experiment and ends with its contestant. Name both, and both contestants where a pair is compared, so that the trials are interleaved again. For ',
        code(cell.id),
        ':',
      ]),
      commandBlock(rerunCommand(study.command, cell)),
    ],
    paragraph('To make this report again from the files alone:'),
    commandBlock(`npm run report -- reports/${study.id}`),
    foldedTable(trialTable(context), `Seeds and sample file of each of the ${formatCount(trials.length)} trials`),
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
    {
      caption: 'Trials in the order in which they were run',
      of: ({ cell }) => context.cell(cell)?.cell.contestant,
      tone: ({ cut }) => cut && 'warn',
    },
    context.results.trials ?? [],
    [
      text('Cell', ({ cell }) => code(cell)),
      count('Block', ({ block }) => block),
      count('Place', ({ position }) => position),
      text('Started', ({ startedAt }) => formatInstant(startedAt)),
      ms('Length', ({ durationMs }) => durationMs),
      count('Samples', ({ samples }) => samples),
      text('Seeds: arrivals, inputs', ({ seeds }) => `${seeds.arrivals}, ${seeds.inputs}`),
      ms('Measured RTT', ({ measuredRttMs }) => measuredRttMs),
      text('Samples file', ({ samplesFile, cut }) => [code(samplesFile), cut && ' (cut short: decides nothing)']),
    ],
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
  return section('files', 'Raw files', 'Files', [
    paragraph('Beside this report, in the folder of the run:'),
    fileTable('Files', known),
    listed(fileTable('Samples', samples), 'files of samples'),
    listed(fileTable('Percentile distributions', percentiles), 'files of percentile distributions'),
  ]);
}

/** Folded away when they are many. */
function listed(table: TableBlock, many: string): Blocks {
  const { length } = table.rows;
  return length > MOST_OPEN ? foldedTable(table, `${formatCount(length)} ${many}`) : length > 0 && table;
}

function fileTable(caption: string, names: readonly string[]): TableBlock {
  return tableOf(caption, names, [text('File', (name) => link(name, name)), text('Holds', contents)]);
}

function contents(name: string): string {
  const [, latency] = PERCENTILES.exec(name) ?? [];
  const percentiles = `${latency ?? ''} time of a valid cell, made from its samples: HdrHistogram’s text form, ms`;
  const samples = 'samples: every request with its instants, outcome and bytes';
  return KNOWN[name] ?? (latency === undefined ? samples : percentiles);
}
