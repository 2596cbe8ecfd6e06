import type { Results } from '../../record/index.js';
import type { Block, ReportDocument, Section } from '../document/block.js';
import { number, tableOf, text, type Column } from '../document/table.js';
import { formatCondition, formatLoop } from '../format/condition.js';
import { formatCount, formatMs, formatRate, formatRatio, formatSpan } from '../format/number.js';
import { formatInstant } from '../format/time.js';
import { mainCells } from '../sections/cell-selection.js';
import { ReportContext } from '../sections/report-context.js';
import { claimRows, verdictCell, type ClaimRow } from './claim-rows.js';
import { cellPairs, ratioTo, type CellPair, type Figure } from './cell-pairs.js';
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
  const runs = results.map((each, i): Run => ({ name: String.fromCharCode(65 + i), context: new ReportContext(each) }));
  const differences = runDifferences(results);
  const claims = claimRows(runs.map(({ context }) => context));
  const changed = claims.filter(isChanged).length;
  const sections = [differencesSection(runs, differences), verdictsSection(runs, claims), ...figureSections(runs)];
  const conditions = `${formatCount(differences.length)} recorded ${differences.length === 1 ? 'condition' : 'conditions'}`;
  return {
    title: `What changed between ${runs.length === 2 ? 'two' : formatCount(runs.length)} runs`,
    subtitle: `A, the baseline, is ${results[0]?.study.id ?? ''}`,
    opening: {
      answer: [
        [
          { as: 'strong', text: `${formatCount(changed)} of ${formatCount(claims.length)} verdicts differ` },
          ' from those of A.',
        ],
        [
          differences.length === 0
            ? 'The runs were made under the same conditions, as far as they were recorded.'
            : `The runs differ in ${conditions}, listed first.`,
          ' ',
          {
            as: 'muted',
            text: 'Runs are not interleaved, so a difference between them may be the machine’s and not a server’s (method rule 8). It decides nothing.',
          },
        ],
      ],
      facts: runs.map(({ name, context: { results: own } }) => ({
        name: `Run ${name}`,
        value: `${own.study.id}, ${formatInstant(own.study.startedAt)}`,
      })),
    },
    sections: sections.map((section, index) => ({ ...section, title: `${index + 1}. ${section.title}` })),
  };
}

function differencesSection(runs: readonly Run[], differences: readonly Difference[]): Section {
  const none = 'Machine, versions, seeds, contestants, ledger and planned cells are the same.';
  const columns = runs.map(({ name }, i) => text<Difference>(name, ({ values }) => values[i] ?? '–'));
  const table = tableOf('What was not the same', differences, [text('What', ({ what }) => what), ...columns]);
  return {
    id: 'conditions',
    title: 'Machine, versions and conditions',
    short: 'Conditions',
    body: [differences.length === 0 ? { kind: 'paragraph', text: none } : table],
  };
}

function isChanged({ verdicts }: ClaimRow): boolean {
  return new Set(verdicts.map((claim) => `${claim?.verdict ?? ''} ${claim?.standin === undefined}`)).size > 1;
}

function verdictsSection(runs: readonly Run[], claims: readonly ClaimRow[]): Section {
  const inRun = ({ name }: Run, i: number): Column<ClaimRow> => {
    return {
      name,
      numeric: false,
      cell: ({ verdicts }) => verdictCell(verdicts[i], i === 0 ? undefined : verdicts[0]),
    };
  };
  const columns = [
    text<ClaimRow>('Claim', ({ sentence }) => sentence),
    text<ClaimRow>('Changed', (row) => (isChanged(row) ? 'CHANGED' : 'same')),
    ...runs.map(inRun),
  ];
  const table = tableOf('Claim by claim', claims, columns, { tone: (row) => (isChanged(row) ? 'warn' : undefined) });
  return {
    id: 'verdicts',
    title: 'Verdicts',
    short: 'Verdicts',
    body: claims.length === 0 ? [{ kind: 'paragraph', text: 'No run holds a claim.' }] : [table],
  };
}

function figureSections(runs: readonly Run[]): Section[] {
  const [base, ...others] = runs;
  if (base === undefined) return [];
  const compared = others.map(({ name, context }) => cellPairs(base.context, context, name));
  const pairs = compared.flatMap((each) => each.pairs);
  const [own, standin] = [pairs.filter((pair) => !pair.standin), pairs.filter((pair) => pair.standin)];
  const invalid = compared.reduce((sum, each) => sum + each.invalid, 0);
  const otherBackend = compared.reduce((sum, each) => sum + each.otherBackend, 0);
  const left = [
    ...(own.length === 0 ? ['No cell was measured validly in the baseline and in another run.'] : []),
    ...(invalid === 0 ? [] : [`${formatCount(invalid)} cells are INVALID in one of the runs and left out.`]),
    ...(otherBackend === 0
      ? []
      : [
          `${formatCount(otherBackend)} cells had TensorFlow Serving behind them in one run and the stand-in in the other, and cannot be compared.`,
        ]),
  ].map((words): Block => ({ kind: 'paragraph', text: words }));
  return [
    { id: 'figures', title: 'Main figures', short: 'Figures', body: [...figureBlocks(base.context, own), ...left] },
    ...(standin.length === 0
      ? []
      : [
          {
            id: 'standin',
            title: 'The stand-in’s figures',
            short: 'Stand-in',
            body: figureBlocks(base.context, standin),
            standin: true,
          },
        ]),
  ];
}

function figureBlocks(context: ReportContext, pairs: readonly CellPair[]): Block[] {
  if (pairs.length === 0) return [];
  const ratio = (what: string, of: (pair: CellPair) => Figure | null): Column<CellPair> => ({
    name: what,
    numeric: true,
    cell: (pair) => {
      const found = of(pair);
      return found === null ? { text: '–' } : { text: ratioWords(found), sort: found.value };
    },
  });
  const table = tableOf(
    'Cells measured in the baseline and in another run',
    pairs,
    [
      text('Contestant', ({ label }) => label),
      text('Condition', ({ cell }) => formatCondition(cell.condition)),
      text('Run', ({ run }) => run),
      number('p50 in A', ({ base }) => base.p50Ms?.value, formatMs, 'n too small'),
      number('p50', ({ own }) => own.p50Ms?.value, formatMs, 'n too small'),
      ratio('p50: times A', ({ base, own }) => ratioTo(base.p50Ms, own.p50Ms)),
      number('Throughput in A', ({ base }) => base.perS.value, formatRate),
      number('Throughput', ({ own }) => own.perS.value, formatRate),
      ratio('Throughput: times A', ({ base, own }) => ratioTo(base.perS, own.perS)),
    ],
    {
      note: 'p50 is of response time. An interval of a ratio spans the whole of both runs: of p50 from the lowest to the highest trial, of throughput the bootstrap 95% intervals over trials, or the range of the trials where they are fewer than five.',
    },
  );
  return [...ratioFigure(context, pairs), table];
}

function ratioFigure(context: ReportContext, pairs: readonly CellPair[]): Block[] {
  const main = new Set(mainCells(context.measured).map(({ cell }) => cell.id));
  const all = pairs.flatMap(({ cell, label, run, base, own }) => {
    const ratio = ratioTo(base.p50Ms, own.p50Ms);
    return ratio === null || !main.has(cell.id)
      ? []
      : [{ name: `${label}, ${formatLoop(cell.condition.loop)}: ${run} / A`, ...ratio }];
  });
  const rows = all.slice(0, MOST_ROWS);
  if (rows.length === 0) return [];
  const title = 'Median response time, times that of A';
  const cut = all.length > MOST_ROWS ? ` The first ${MOST_ROWS} of ${all.length} rows.` : '';
  const style = context.styles.ofNames(['ratio'])('ratio');
  return [
    context.figure({
      title,
      caption: `Below 1: faster than the baseline. The line spans the lowest and highest trial of both runs.${cut}`,
      alternative: `${title}. ${rows.map(({ name, ...ratio }) => `${name}: ${ratioWords(ratio)}`).join('; ')}.`,
      drawing: {
        kind: 'intervals',
        axis: 'times the baseline; shaded: within 5% of it',
        rows: rows.map(({ name, value, low, high }) => {
          return {
            name,
            style,
            value,
            span: [low, high],
            valid: true,
            words: [formatRatio(value), `(${formatSpan(low, high)})`],
          };
        }),
        reference: { x: 1 },
        band: [1 / (1 + MARGIN), 1 + MARGIN],
      },
      data: tableOf(`Data of “${title}”`, rows, [
        text('Cell', ({ name }) => name),
        number('Ratio', ({ value }) => value, formatRatio),
        text('Interval', ({ low, high }) => formatSpan(low, high)),
      ]),
    }),
  ];
}

function ratioWords({ value, low, high }: Figure): string {
  return `${formatRatio(value)} (${formatSpan(low, high)})`;
}
