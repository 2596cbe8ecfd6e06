import type { ExperimentResult, Sentence, Table } from '../../record/index.js';
import { chartSize } from '../charts/chart-figure.js';
import type { Block, Section, TableBlock, TableCell } from '../document/block.js';
import type { Inline } from '../document/inline.js';
import { formatNumber, formatterOf } from '../format/number.js';
import { slug } from '../format/slug.js';
import type { ReportContext } from './report-context.js';
import { verdictText } from './verdicts.js';
import { claimsWithoutStandin, partExperiment, type Parted } from './without-standin.js';

/** Each experiment as a student reads it: question, what was done, picture, answer, why, what it means. */
export function experimentsSection(context: ReportContext): Section {
  const { experiments } = context.results;
  const links = experiments.flatMap(({ id, title }, index): Inline[] => [
    ...(index === 0 ? [] : [' · ']),
    { as: 'link', text: title, to: `#exp-${slug(id)}` },
  ]);
  return {
    id: 'experiments',
    title: 'Experiments',
    short: 'Experiments',
    body: [
      { kind: 'paragraph', text: experiments.length === 0 ? 'No experiment was run.' : links },
      ...experiments.map((experiment) => chapter(context, experiment)),
    ],
  };
}

function chapter(context: ReportContext, { id, title, ...experiment }: ExperimentResult): Block {
  const claims = claimsWithoutStandin(context).filter((claim) => claim.experiment === id);
  const body: Block[] = [
    { kind: 'heading', level: 3, id: `exp-${slug(id)}`, text: title },
    ...statusBlocks(experiment),
    { kind: 'labelled', label: 'Question', text: experiment.question },
    { kind: 'labelled', label: 'Expected', text: experiment.hypothesis },
    ...(experiment.status === 'not-tested'
      ? []
      : measuredBlocks(context, partExperiment(context, { id, title, ...experiment }))),
    ...(claims.length === 0
      ? []
      : ([
          { kind: 'labelled', label: 'Claims', text: '' },
          { kind: 'list', items: claims.map((claim) => verdictText(context, claim)) },
        ] as const)),
  ];
  return { kind: 'chapter', question: id, body };
}

function statusBlocks({ status, reason }: Pick<ExperimentResult, 'status' | 'reason'>): Block[] {
  if (status === 'measured') return [];
  const partly = status === 'partly';
  return [
    {
      kind: 'callout',
      tone: partly ? 'warn' : 'muted',
      title: partly ? 'Only partly measured' : 'Not tested',
      body: reason === undefined ? [] : [{ kind: 'paragraph', text: `${reason}.` }],
    },
  ];
}

function measuredBlocks(context: ReportContext, { own, standin }: Parted): Block[] {
  const elsewhere: Inline = { as: 'link', text: 'the stand-in’s section', to: '#standin' };
  const removed = standin.charts.length + standin.tables.length > 0;
  return [
    { kind: 'labelled', label: 'What was done', text: own.done },
    ...chartBlocks(context, own.charts),
    ...(removed
      ? [
          {
            kind: 'paragraph',
            text: ['Figures of the stand-in are left out here; they are in ', elsewhere, '.'],
          } as const,
        ]
      : []),
    ...(own.answer.length > 0 ? [labelled('Answer', own.answer)] : []),
    ...(standin.words.length > 0
      ? [{ kind: 'paragraph', text: ['What rests on figures of the stand-in is told in ', elsewhere, '.'] } as const]
      : []),
    ...(own.why !== undefined && own.why.length > 0 ? [labelled('Why', own.why)] : []),
    { kind: 'labelled', label: 'What it means for you', text: own.meaning },
    ...tableBlocks(context, own.tables),
  ];
}

export function labelled(label: string, sentences: readonly Sentence[]): Block {
  return { kind: 'labelled', label, text: sentences.map(({ text }) => text).join(' ') };
}

export function chartBlocks(context: ReportContext, charts: ExperimentResult['charts']): Block[] {
  return charts.filter((chart) => chartSize(chart) > 0).map((chart) => context.chart(chart));
}

export function tableBlocks(context: ReportContext, tables: readonly Table[]): Block[] {
  return tables.filter(({ rows }) => rows.length > 0).map((table) => recordedTable(context, table));
}

/** An experiment's own table: ids become names, whole columns are written alike, and what is absent is a dash. */
function recordedTable(context: ReportContext, { title, columns, rows, note }: Table): TableBlock {
  const formats = columns.map((_, column) =>
    formatterOf(rows.flatMap((row) => (typeof row[column] === 'number' ? [row[column]] : []))),
  );
  const cellOf = (value: string | number | null | undefined, column: number): TableCell => {
    if (value === null || value === undefined) return { text: '–' };
    if (typeof value === 'number') return { text: (formats[column] ?? formatNumber)(value), sort: value };
    return { text: columns[column]?.kind === 'contestant' ? context.label(value) : value };
  };
  const contestantColumn = columns.findIndex(({ kind }) => kind === 'contestant');
  return {
    kind: 'table',
    caption: title,
    columns: columns.map(({ name, kind }) => ({ name, numeric: kind === 'number' })),
    rows: rows.map((row) => ({
      cells: columns.map((_, column) => cellOf(row[column], column)),
      of: contestantColumn < 0 ? undefined : String(row[contestantColumn]),
    })),
    note,
  };
}
