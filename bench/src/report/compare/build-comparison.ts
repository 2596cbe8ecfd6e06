import type { Interval, Results } from '../../record/index.js';
import { numbered, paragraph, section, type Blocks, type ReportDocument, type Section } from '../document/block.js';
import { muted, strong } from '../document/inline.js';
import { dataTable, number, tableOf, text } from '../document/table.js';
import { formatCondition, formatLoop } from '../../words/condition.js';
import { counted, formatCount, formatMs, formatRate, formatRatio, formatSpan } from '../../words/number.js';
import { formatInstant } from '../format/time.js';
import { mainCells } from '../sections/cell-selection.js';
import { ReportContext } from '../sections/report-context.js';
import { claimRows, verdictInRun, type ClaimRow } from './claim-rows.js';
import { cellPairs, ratioTo, type CellPair } from './cell-pairs.js';
import { runDifferences, type Difference } from './run-differences.js';

const MOST_ROWS = 30;
const MARGIN = 0.05;

/** A run and the letter by which the comparison names it. The first, A, is the baseline. */
interface Run {
  readonly name: string;
  readonly context: ReportContext;
}

/** What changed from the first run to each other: first what was not the same to begin with, then verdicts, then figures. */
export function buildComparison(results: readonly Results[]): ReportDocument {
  const runs = results.map((each, i): Run => ({
    name: String.fromCharCode(65 + i),
    context: new ReportContext(each, 'comparison-'),
  }));
  const differences = runDifferences(results);
  const claims = claimRows(results);
  const changed = claims.filter(isChanged).length;
  return {
    title: `What changed between ${runs.length === 2 ? 'two' : formatCount(runs.length)} runs`,
    subtitle: `A, the baseline, is ${results[0]?.study.id ?? ''}`,
    opening: {
      answer: [
        [strong(`${formatCount(changed)} of ${formatCount(claims.length)} verdicts differ`), ' from those of A.'],
        [
          differences.length === 0
            ? 'The runs were made under the same conditions, as far as they were recorded.'
            : `The runs differ in ${counted(differences.length, 'recorded condition')}, listed first.`,
          ' ',
          muted(
            'Runs are not interleaved, so a difference between them may be the machine’s and not a server’s (method rule 8). It decides nothing.',
          ),
        ],
      ],
      facts: runs.map(({ name, context }) => {
        const { id, startedAt } = context.results.study;
        return [`Run ${name}`, `${id}, ${formatInstant(startedAt)}`];
      }),
    },
    sections: numbered([differencesSection(runs, differences), verdictsSection(runs, claims), ...figureSections(runs)]),
  };
}

function differencesSection(runs: readonly Run[], differences: readonly Difference[]): Section {
  const none = 'Machine, versions, seeds, contestants, ledger and planned cells are the same.';
  const columns = runs.map(({ name }, i) => text<Difference>(name, ({ values }) => values[i] ?? '–'));
  const table = tableOf('What was not the same', differences, [text('What', ({ what }) => what), ...columns]);
  const body = differences.length === 0 ? paragraph(none) : table;
  return section('conditions', 'Machine, versions and conditions', 'Conditions', body);
}

function isChanged({ verdicts }: ClaimRow): boolean {
  return new Set(verdicts.map((claim) => `${claim?.verdict ?? ''} ${claim?.standin === undefined}`)).size > 1;
}

function verdictsSection(runs: readonly Run[], claims: readonly ClaimRow[]): Section {
  const columns = [
    text<ClaimRow>('Claim', ({ sentence }) => sentence),
    text<ClaimRow>('Changed', (row) => (isChanged(row) ? 'CHANGED' : 'same')),
    ...runs.map(({ name }, i) =>
      text<ClaimRow>(name, ({ verdicts }) => verdictInRun(verdicts[i], i === 0 ? undefined : verdicts[0])),
    ),
  ];
  const table = tableOf({ caption: 'Claim by claim', tone: (row) => isChanged(row) && 'warn' }, claims, columns);
  return section('verdicts', 'Verdicts', 'Verdicts', claims.length === 0 ? paragraph('No run holds a claim.') : table);
}

function figureSections([base, ...others]: readonly Run[]): Section[] {
  if (base === undefined) return [];
  const all = others.flatMap(({ name, context }) => cellPairs(base.context, context, name));
  const pairs = all.filter(({ leftOut }) => leftOut === false);
  const [own, standin] = [pairs.filter((pair) => !pair.standin), pairs.filter((pair) => pair.standin)];
  const invalid = all.filter(({ leftOut }) => leftOut === 'invalid').length;
  const otherBackend = all.filter(({ leftOut }) => leftOut === 'other backend').length;
  const figures = section('figures', 'Main figures', 'Figures', [
    figureBlocks(base.context, own),
    own.length === 0 && paragraph('No cell was measured validly in the baseline and in another run.'),
    invalid > 0 && paragraph(`${formatCount(invalid)} cells are INVALID in one of the runs and left out.`),
    otherBackend > 0 &&
      paragraph(
        `${formatCount(otherBackend)} cells had TensorFlow Serving behind them in one run and the stand-in in the other, and cannot be compared.`,
      ),
  ]);
  if (standin.length === 0) return [figures];
  const apart = section('standin', 'The stand-in’s figures', 'Stand-in', figureBlocks(base.context, standin));
  return [figures, { ...apart, standin: true }];
}

function figureBlocks(context: ReportContext, pairs: readonly CellPair[]): Blocks {
  if (pairs.length === 0) return undefined;
  return [
    ratioFigure(context, pairs),
    tableOf(
      {
        caption: 'Cells measured in the baseline and in another run',
        note: 'p50 is of response time. An interval of a ratio spans the whole of both runs: of p50 from the lowest to the highest trial, of throughput the bootstrap 95% intervals over trials, or the range of the trials where they are fewer than five.',
      },
      pairs,
      [
        text('Contestant', ({ label }) => label),
        text('Condition', ({ cell }) => formatCondition(cell.condition)),
        text('Run', ({ run }) => run),
        number('p50 in A', ({ base }) => base.p50Ms?.value, formatMs, 'n too small'),
        number('p50', ({ own }) => own.p50Ms?.value, formatMs, 'n too small'),
        number('p50: times A', ({ base, own }) => ratioTo(base.p50Ms, own.p50Ms), ratioWords),
        number('Throughput in A', ({ base }) => base.perS.value, formatRate),
        number('Throughput', ({ own }) => own.perS.value, formatRate),
        number('Throughput: times A', ({ base, own }) => ratioTo(base.perS, own.perS), ratioWords),
      ],
    ),
  ];
}

function ratioFigure(context: ReportContext, pairs: readonly CellPair[]): Blocks {
  const main = new Set(mainCells(context.measured).map(({ cell }) => cell.id));
  const all = pairs.flatMap(({ cell, label, run, base, own }) => {
    const ratio = ratioTo(base.p50Ms, own.p50Ms);
    return ratio === null || !main.has(cell.id)
      ? []
      : [{ name: `${label}, ${formatLoop(cell.condition.loop)}: ${run} / A`, ...ratio }];
  });
  const rows = all.slice(0, MOST_ROWS);
  if (rows.length === 0) return undefined;
  const title = 'Median response time, times that of A';
  const style = context.styles.ofNames(['ratio'])('ratio');
  const cut = all.length > MOST_ROWS ? ` The first ${MOST_ROWS} of ${all.length} rows.` : '';
  return context.figure({
    title,
    caption: `Below 1: faster than the baseline. The line spans the lowest and highest trial of both runs.${cut}`,
    alternative: `${title}. ${rows.map(({ name, ...ratio }) => `${name}: ${ratioWords(ratio)}`).join('; ')}.`,
    drawing: {
      kind: 'intervals',
      axis: 'times the baseline; shaded: within 5% of it',
      rows: rows.map(({ name, value, low, high }) => {
        const words = [formatRatio(value), `(${formatSpan(low, high)})`];
        return { name, style, value, span: [low, high], words };
      }),
      reference: { x: 1 },
      band: [1 / (1 + MARGIN), 1 + MARGIN],
    },
    data: dataTable(title, rows, [
      text('Cell', ({ name }) => name),
      number('Ratio', ({ value }) => value, formatRatio),
      text('Interval', ({ low, high }) => formatSpan(low, high)),
    ]),
  });
}

function ratioWords({ value, low, high }: Interval): string {
  return `${formatRatio(value)} (${formatSpan(low, high)})`;
}
