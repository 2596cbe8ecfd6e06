import type { ClaimVerdict, Results } from '../../record/index.js';
import type { Block, ReportDocument, Section, TableBlock } from '../document/block.js';
import type { Text } from '../document/inline.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatCondition, formatLoop } from '../format/condition.js';
import { formatCount, formatMs, formatNumber, formatRate, formatRatio, formatSpan } from '../format/number.js';
import { formatInstant } from '../format/time.js';
import { mainCells } from '../sections/cell-selection.js';
import { ReportContext } from '../sections/report-context.js';
import { claimsWithoutStandin } from '../sections/standin-filter.js';
import { cellPairs, overlap, ratioOf, type CellPair, type Figure } from './cell-pairs.js';
import { runDifferences } from './run-differences.js';

const MOST_ROWS = 30;
const MARGIN = 0.05;

/** What changed from run A to run B: first what was not the same to begin with, then verdicts, then figures. */
export function buildComparison(a: Results, b: Results): ReportDocument {
  const [one, two] = [new ReportContext(a), new ReportContext(b)];
  const differences = runDifferences(a, b);
  const claims = changedClaims(one, two);
  const changed = claims.filter(({ before, after }) => verdictOf(before) !== verdictOf(after));
  const sections = [differencesSection(differences), verdictsSection(claims), ...figureSections(one, two)];
  return {
    title: 'What changed between two runs',
    subtitle: `A is ${a.study.id}, B is ${b.study.id}`,
    opening: {
      answer: [
        [
          { as: 'strong', text: `${formatCount(changed.length)} of ${formatCount(claims.length)} verdicts changed` },
          ' from A to B.',
        ],
        [
          differences.length === 0
            ? 'The two runs were made under the same conditions, as far as they were recorded.'
            : `The runs differ in ${formatCount(differences.length)} recorded ${differences.length === 1 ? 'condition' : 'conditions'}, listed first.`,
          ' ',
          {
            as: 'muted',
            text: 'Two runs are not interleaved, so a difference between them may be the machine’s and not a server’s (method rule 8). It decides nothing.',
          },
        ],
      ],
      facts: [
        { name: 'Run A', value: `${a.study.id}, ${formatInstant(a.study.startedAt)}` },
        { name: 'Run B', value: `${b.study.id}, ${formatInstant(b.study.startedAt)}` },
      ],
    },
    sections: sections.map((section, index) => ({ ...section, title: `${index + 1}. ${section.title}` })),
  };
}

function differencesSection(differences: ReturnType<typeof runDifferences>): Section {
  const body: Block[] =
    differences.length === 0
      ? [{ kind: 'paragraph', text: 'Machine, versions, seeds, contestants, ledger and planned cells are the same.' }]
      : [
          {
            kind: 'table',
            caption: 'What was not the same',
            columns: [textColumn('What'), textColumn('A'), textColumn('B')],
            rows: differences.map(({ what, a, b }) => ({ cells: [textCell(what), textCell(a), textCell(b)] })),
          },
        ];
  return { id: 'conditions', title: 'Machine, versions and conditions', short: 'Conditions', body };
}

interface ClaimPair {
  readonly sentence: string;
  readonly before: ClaimVerdict | undefined;
  readonly after: ClaimVerdict | undefined;
}

function changedClaims(a: ReportContext, b: ReportContext): ClaimPair[] {
  const [one, two] = [a, b].map(
    (context) => new Map(claimsWithoutStandin(context).map((claim) => [claim.claim, claim])),
  );
  return [...new Set([...(one?.keys() ?? []), ...(two?.keys() ?? [])])].map((id) => {
    const [before, after] = [one?.get(id), two?.get(id)];
    return { sentence: after?.sentence ?? before?.sentence ?? id, before, after };
  });
}

function verdictOf(claim: ClaimVerdict | undefined): string {
  return claim === undefined ? 'absent' : `${claim.verdict}${claim.standin === undefined ? '' : ' (stand-in)'}`;
}

function verdictsSection(claims: readonly ClaimPair[]): Section {
  const table: TableBlock = {
    kind: 'table',
    caption: 'Claim by claim',
    columns: [
      textColumn('Claim'),
      textColumn('A'),
      textColumn('B'),
      textColumn('Changed'),
      textColumn('Effect in A'),
      textColumn('Effect in B'),
      textColumn('Intervals'),
    ],
    rows: claims.map(({ sentence, before, after }) => {
      const changed = verdictOf(before) !== verdictOf(after);
      return {
        ...(changed ? { tone: 'warn' as const } : {}),
        cells: [
          textCell(sentence),
          textCell(verdictCell(before)),
          textCell(verdictCell(after)),
          textCell(changed ? 'CHANGED' : 'same'),
          textCell(effectWords(before)),
          textCell(effectWords(after)),
          textCell(intervalWords(before, after)),
        ],
      };
    }),
  };
  return {
    id: 'verdicts',
    title: 'Verdicts',
    short: 'Verdicts',
    body: claims.length === 0 ? [{ kind: 'paragraph', text: 'Neither run holds a claim.' }] : [table],
  };
}

function verdictCell(claim: ClaimVerdict | undefined): Text {
  return claim === undefined
    ? 'absent'
    : [{ as: 'verdict', verdict: claim.verdict, standin: claim.standin !== undefined }];
}

function effectWords(claim: ClaimVerdict | undefined): string {
  const effect = claim?.effects[0];
  return effect === undefined ? '–' : `${formatRatio(effect.ratio)} (${formatSpan(effect.low, effect.high)})`;
}

function intervalWords(before: ClaimVerdict | undefined, after: ClaimVerdict | undefined): string {
  const [one, two] = [before?.effects[0], after?.effects[0]];
  if (one === undefined || two === undefined) return '–';
  return overlapWords(
    { value: one.ratio, low: one.low, high: one.high },
    { value: two.ratio, low: two.low, high: two.high },
  );
}

function overlapWords(a: Figure, b: Figure): string {
  return overlap(a, b) ? 'overlap' : 'apart';
}

function figureSections(a: ReportContext, b: ReportContext): Section[] {
  const { pairs, invalid, otherBackend } = cellPairs(a, b);
  const own = pairs.filter(({ standin }) => !standin);
  const standin = pairs.filter((pair) => pair.standin);
  const left: Block[] = [
    ...(invalid === 0
      ? []
      : [
          {
            kind: 'paragraph',
            text: `${formatCount(invalid)} cells are INVALID in one of the runs and left out.`,
          } as const,
        ]),
    ...(otherBackend === 0
      ? []
      : [
          {
            kind: 'paragraph',
            text: `${formatCount(otherBackend)} cells had TensorFlow Serving behind them in one run and the stand-in in the other, and cannot be compared.`,
          } as const,
        ]),
  ];
  const body: Block[] =
    own.length === 0
      ? [{ kind: 'paragraph', text: 'No cell was measured validly in both runs.' }]
      : figureBlocks(b, own);
  return [
    { id: 'figures', title: 'Main figures', short: 'Figures', body: [...body, ...left] },
    ...(standin.length === 0
      ? []
      : [
          {
            id: 'standin',
            title: 'The stand-in’s figures',
            short: 'Stand-in',
            body: figureBlocks(b, standin),
            standin: true,
          } satisfies Section,
        ]),
  ];
}

function figureBlocks(context: ReportContext, pairs: readonly CellPair[]): Block[] {
  const main = new Set(mainCells(context.measured).map(({ cell }) => cell.id));
  const drawn = pairs
    .filter(({ cell }) => main.has(cell.id))
    .flatMap(({ cell, label, a, b }) => {
      if (a.p50Ms === null || b.p50Ms === null) return [];
      const { value, low, high } = ratioOf(a.p50Ms, b.p50Ms);
      return [
        {
          label: `${label}, ${formatLoop(cell.condition.loop)}`,
          effect: { metric: 'p50 response time', ratioOf: 'B / A', ratio: value, low, high, pairs: 0 },
        },
      ];
    });
  return [
    ...(drawn.length === 0
      ? []
      : [
          context.chart({
            kind: 'ratios',
            title: 'Median response time, B / A',
            caption: `Below 1: B was faster. The line spans the lowest and highest trial of both runs.${drawn.length > MOST_ROWS ? ` The first ${MOST_ROWS} of ${drawn.length} cells.` : ''}`,
            margin: MARGIN,
            rows: drawn.slice(0, MOST_ROWS),
          }),
        ]),
    {
      kind: 'table',
      caption: 'Cells measured in both runs',
      columns: [
        textColumn('Contestant'),
        textColumn('Condition'),
        ...['p50 in A', 'p50 in B', 'B / A'].map(numberColumn),
        textColumn('Spans of trials'),
        ...['Throughput in A', 'Throughput in B', 'B / A'].map(numberColumn),
        textColumn('Spans of throughput'),
      ],
      rows: pairs.map(({ cell, label, a, b }) => ({
        cells: [
          textCell(label),
          textCell(formatCondition(cell.condition)),
          numberCell(a.p50Ms?.value ?? null, formatMs, 'n too small'),
          numberCell(b.p50Ms?.value ?? null, formatMs, 'n too small'),
          numberCell(a.p50Ms === null || b.p50Ms === null ? null : b.p50Ms.value / a.p50Ms.value, formatRatio),
          textCell(a.p50Ms === null || b.p50Ms === null ? '–' : overlapWords(a.p50Ms, b.p50Ms)),
          numberCell(a.perS.value, formatRate),
          numberCell(b.perS.value, formatRate),
          numberCell(a.perS.value > 0 ? b.perS.value / a.perS.value : null, (ratio) => `${formatNumber(ratio)}×`),
          textCell(overlapWords(a.perS, b.perS)),
        ],
      })),
      note: 'p50 is of response time. Its span is from the lowest to the highest trial of the run; that of throughput is its bootstrap 95% interval over trials, or their range where they are fewer than five.',
    },
  ];
}
