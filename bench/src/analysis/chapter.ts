import type { Findings } from '../judge/findings.js';
import { column, figureOf, variantOf, type Chapter, type Column } from '../questions/columns.js';
import type { ChartSpec, Question, TableSpec, Told } from '../questions/define.js';
import { valueIn, type Shown } from '../questions/where.js';
import {
  LATENCIES,
  type Cell,
  type CellResult,
  type Chart,
  type ExperimentResult,
  type Table,
} from '../record/index.js';
import { spanWords } from '../stats/index.js';
import { answerOf } from './answers.js';

const NOTHING: Told = { done: 'Nothing was measured.', answer: [], charts: [], tables: [] };

/** What the report tells of a question, also of one that was not or only partly measured. */
export function chapterOf(question: Question, findings: Findings): ExperimentResult {
  const { id, title, asks, expects, means } = question;
  const base = { id, title, question: asks, hypothesis: expects, meaning: means };
  const planned = findings.study.plan.cells.filter(({ experiment }) => experiment === id);
  const cells = findings.of(id);
  const observed = question.tell !== undefined && findings.study.observations[id] !== undefined;
  if (cells.length === 0 && !observed)
    return {
      ...base,
      status: 'not-tested',
      reason: findings.notTested(id) ?? findings.study.interrupted ?? 'none of its cells was measured',
      ...NOTHING,
    };
  const reason = whyPartly(planned, cells);
  return {
    ...base,
    ...(reason === undefined ? { status: 'measured' } : { status: 'partly', reason }),
    ...(question.why === undefined ? {} : { why: [{ text: question.why, contestants: [] }] }),
    ...(observed
      ? question.tell(findings)
      : told(question, { findings, experiment: id, against: question.against ?? {}, cells })),
  };
}

/** What of the plan is missing; undefined when nothing is. */
function whyPartly(planned: readonly Cell[], measured: readonly CellResult[]): string | undefined {
  if (measured.length < planned.length) return `${measured.length} of ${planned.length} cells were measured`;
  const wanted = planned.reduce((sum, { trials }) => sum + trials, 0);
  const done = measured.reduce((sum, { trials }) => sum + trials.length, 0);
  return done < wanted ? `${done} of ${wanted} trials were run` : undefined;
}

function told(question: Question, chapter: Chapter): Told {
  return {
    done: [question.done, effortWords(chapter.cells)].join(' '),
    answer: question.answer.flatMap((spec) => answerOf(spec, { ...chapter, cells: shown(chapter.cells, spec.shows) })),
    charts: question.charts.map((spec) => chartOf(spec, chapter)),
    tables: question.tables.map((spec) => tableOf(spec, shown(chapter.cells, spec.shows), chapter)),
  };
}

/** With a column that tells INVALID rows apart, where there are any. */
function tableOf({ title, columns: keys, note }: TableSpec, cells: readonly CellResult[], chapter: Chapter): Table {
  const columns = [...keys.map(column), ...(cells.every(({ valid }) => valid) ? [] : [column('valid')])];
  return {
    title,
    columns: columns.map(({ name, kind }) => ({ name, kind })),
    rows: cells.map((each) =>
      columns.map((wanted) => {
        const value = wanted.value(each, chapter);
        return value === null || typeof value !== 'object' ? value : value.value;
      }),
    ),
    ...(note === undefined ? {} : { note }),
  };
}

/** How often and how long cells were measured. */
function effortWords(cells: readonly CellResult[]): string {
  const efforts = new Set(cells.map(({ cell, trials }) => `${trials.length} of ${cell.durationMs / 1000} s`));
  return `Contestants were interleaved and every answer was checked; trials of a cell: ${[...efforts].join(', ')}.`;
}

/** Of these cells those that have one of the values wanted. */
function shown(cells: readonly CellResult[], shows: Shown = {}): CellResult[] {
  return cells.filter(({ cell }) =>
    Object.entries(shows).every(([name, wanted]) => wanted.includes(valueIn(cell, name) ?? null)),
  );
}

function chartOf(spec: ChartSpec, chapter: Chapter): Chart {
  const { findings } = chapter;
  const { title, caption = '', series } = spec;
  const more = spec.with === undefined ? [] : findings.of(spec.with);
  const cells = shown([...more, ...chapter.cells], spec.shows).filter(
    ({ cell }) => series === undefined || findings.models.get(cell.condition.model)?.series.includes(series),
  );
  switch (spec.kind) {
    case 'spectrum':
      // A line cannot be marked as INVALID, so it is not drawn.
      return { kind: 'spectrum', title, caption, points: cells.filter(({ valid }) => valid).flatMap(spectrumOf) };
    case 'lines':
      return {
        kind: 'lines',
        title,
        caption: withSpan(caption, spec.y, cells),
        xScale: scaleOf(spec.x),
        yScale: scaleOf(spec.y),
        x: column(spec.x).name,
        y: column(spec.y).name,
        points: cells.flatMap((each) => {
          const x = figureOf(spec.x, each, chapter);
          return x === null ? [] : pointOf(each, x, spec.y, variantOf(each, chapter), chapter);
        }),
      };
    case 'bars': {
      const ys = typeof spec.y === 'string' ? [spec.y] : spec.y;
      return {
        kind: 'bars',
        title,
        caption: withSpan(caption, ys[0], cells),
        stacked: false,
        x: column(spec.rows).name,
        y: ys.length === 1 ? column(ys[0] ?? 'p50').name : 'service time (ms)',
        rows: spec.rows === 'contestant' ? 'contestant' : 'x',
        points: cells.flatMap((each) =>
          ys.flatMap((y) => {
            const x = spec.rows === 'contestant' ? '' : wordOf(spec.rows, each, chapter);
            return pointOf(each, x, y, ys.length > 1 ? y : variantOf(each, chapter), chapter);
          }),
        ),
        ...(spec.reference === undefined ? {} : { reference: spec.reference }),
      };
    }
  }
}

/** Figures that span powers of ten are drawn on logarithmic axes; a round trip may be 0, and throughput is read by its height. */
function scaleOf(key: Column): 'linear' | 'log' {
  return key === 'rtt' || key === 'throughput' ? 'linear' : 'log';
}

function wordOf(key: Column, each: CellResult, chapter: Chapter): string {
  const value = column(key).value(each, chapter);
  return typeof value === 'string' ? value : '';
}

/** Invalid cells are marked, not left out; those without a figure are. */
function pointOf<X>(each: CellResult, x: X, key: Column, variant: string | undefined, chapter: Chapter) {
  const value = column(key).value(each, chapter);
  if (value === null || typeof value === 'string') return [];
  const height = typeof value === 'number' ? { y: value } : { y: value.value, low: value.low, high: value.high };
  const whose = { contestant: each.cell.contestant, ...(variant === undefined ? {} : { variant }) };
  return [{ ...whose, x, ...height, valid: each.valid }];
}

function spectrumOf(each: CellResult): Extract<Chart, { kind: 'spectrum' }>['points'] {
  return LATENCIES.flatMap((latency) =>
    each[latency].spectrum.map(({ p, ms }) => ({ contestant: each.cell.contestant, latency, p, ms })),
  );
}

/** Says what the ends of an interval are, where a chart shows any. */
function withSpan(caption: string, y: Column | undefined, cells: readonly CellResult[]): string {
  if (y !== 'throughput' && y !== 'instances per second') return caption;
  return [caption, `Correct answers, with ${spanWords(cells)}.`].filter((part) => part !== '').join(' ');
}
