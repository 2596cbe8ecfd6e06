import type { ExperimentResult, Sentence, Table } from '../../record/index.js';
import {
  blocks,
  heading,
  labelled,
  paragraph,
  section,
  type Block,
  type Blocks,
  type Section,
  type TableBlock,
  type TableCell,
} from '../document/block.js';
import { link } from '../document/inline.js';
import { tableOf, type Column } from '../document/table.js';
import { formatterOf } from '../../words/number.js';
import { slug } from '../format/slug.js';
import type { ReportContext } from './report-context.js';
import { verdictText } from './verdicts.js';

/** Each experiment as a student reads it: question, what was done, picture, answer, why, what it means. */
export function experimentsSection(context: ReportContext): Section {
  const { experiments } = context.results;
  const links = experiments.map(({ id, title }, index) => [index > 0 && ' · ', link(title, `#exp-${slug(id)}`)]);
  return section('experiments', 'Experiments', 'Experiments', [
    paragraph(experiments.length === 0 ? 'No experiment was run.' : links),
    experiments.map((experiment) => chapter(context, experiment)),
  ]);
}

function chapter(context: ReportContext, experiment: ExperimentResult): Block {
  const { id, title, status, question, hypothesis } = experiment;
  const claims = context.results.claims.filter((claim) => claim.experiment === id);
  return chapterOf(id, [
    heading(`exp-${slug(id)}`, title),
    statusBlock(experiment),
    labelled('Question', question),
    labelled('Expected', hypothesis),
    status !== 'not-tested' && measuredBlocks(context, experiment),
    claims.length > 0 && [
      labelled('Claims', ''),
      { kind: 'list', items: claims.map((claim) => verdictText(context, claim)) },
    ],
  ]);
}

function chapterOf(question: string, body: Blocks): Block {
  return { kind: 'chapter', question, body: blocks(body) };
}

function statusBlock({ status, reason }: ExperimentResult): Blocks {
  if (status === 'measured') return undefined;
  const [tone, title] =
    status === 'partly' ? (['warn', 'Only partly measured'] as const) : (['muted', 'Not tested'] as const);
  return { kind: 'callout', tone, title, body: blocks(reason !== undefined && paragraph(`${reason}.`)) };
}

function measuredBlocks(context: ReportContext, experiment: ExperimentResult): Blocks {
  const { own, standin } = context.part(experiment);
  const elsewhere = link('the stand-in’s section', '#standin');
  return [
    labelled('What was done', own.done),
    context.charts(own.charts),
    standin.charts.length + standin.tables.length > 0 &&
      paragraph(['Figures of the stand-in are left out here; they are in ', elsewhere, '.']),
    sentences('Answer', own.answer),
    standin.words.length > 0 && paragraph(['What rests on figures of the stand-in stands in ', elsewhere, '.']),
    sentences('Why', own.why),
    labelled('What it means for you', own.meaning),
    recordedTables(context, own.tables),
  ];
}

/** What was left out of an experiment's chapter, for the stand-in's section; nothing where that is nothing. */
export function standinChapter(context: ReportContext, experiment: ExperimentResult): Blocks {
  const { words, charts, tables } = context.part(experiment).standin;
  const body = blocks([sentences('Answer', words), context.charts(charts), recordedTables(context, tables)]);
  const { id, title } = experiment;
  return body.length > 0 && chapterOf(id, [heading(`standin-${slug(id)}`, `With the stand-in: ${title}`), body]);
}

function sentences(label: string, list: readonly Sentence[] = []): Blocks {
  return list.length > 0 && labelled(label, list.map(({ text }) => text).join(' '));
}

function recordedTables(context: ReportContext, tables: readonly Table[]): TableBlock[] {
  return tables.filter(({ rows }) => rows.length > 0).map((table) => recordedTable(context, table));
}

/** An experiment's own table: ids become names, whole columns are written alike, and what is absent is a dash. */
function recordedTable(context: ReportContext, { title, columns, rows, note }: Table): TableBlock {
  const owner = columns.findIndex(({ kind }) => kind === 'contestant');
  const shown = columns.map(({ name, kind }, at): Column<Table['rows'][number]> => {
    const format = formatterOf(rows.flatMap((row) => (typeof row[at] === 'number' ? [row[at]] : [])));
    const cell = (value: string | number | null = null): TableCell => {
      if (typeof value === 'number') return { text: format(value), sort: value };
      return { text: kind === 'contestant' && value !== null ? context.label(value) : (value ?? '–') };
    };
    return { name, numeric: kind === 'number', cell: (row) => cell(row[at]) };
  });
  return tableOf({ caption: title, note, of: (row) => (owner < 0 ? undefined : String(row[owner])) }, rows, shown);
}
