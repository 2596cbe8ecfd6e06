import type { LedgerRow } from '../../record/index.js';
import type { Block, Section, TableBlock } from '../document/block.js';
import { numberCell, numberColumn, textCell, textColumn } from '../document/table.js';
import { formatCount, formatNumber, formatShare } from '../format/number.js';
import type { ReportContext } from './report-context.js';

/** What was equal and what was not: the ledger (method rule 14) and the parity gate (method rule 13). */
export function fairnessSection(context: ReportContext): Section {
  const { ledger } = context.results.study;
  const differing = ledger.filter(({ differs }) => differs).length;
  const body: Block[] = [
    ...(ledger.length === 0
      ? [{ kind: 'paragraph', text: 'No contestant was started, so there is nothing to enter.' } as const]
      : [
          {
            kind: 'paragraph',
            text: `Of ${formatCount(ledger.length)} properties ${formatCount(differing)} differ between contestants. They are marked; each is part of what the figures show.`,
          } as const,
          ledgerTable(context, ledger),
        ]),
    { kind: 'heading', level: 3, id: 'parity', text: 'Do all contestants give the same predictions?' },
    ...parity(context),
  ];
  return { id: 'fairness', title: 'Fairness ledger', short: 'Fairness', body };
}

function ledgerTable(context: ReportContext, ledger: readonly LedgerRow[]): TableBlock {
  const { contestants } = context.results.study;
  return {
    kind: 'table',
    caption: 'Fairness ledger',
    columns: ['Property', 'Equal?', ...contestants.map(({ label }) => label)].map(textColumn),
    rows: ledger.map(({ property, values, differs, note }) => {
      const usual = mostCommon(Object.values(values));
      return {
        ...(differs ? { tone: 'warn' as const } : {}),
        cells: [
          textCell(note === undefined ? property : [property, { as: 'break' }, { as: 'muted', text: note }]),
          textCell(differs ? [{ as: 'mark', tone: 'warn', text: 'differs' }] : 'equal'),
          ...contestants.map(({ id }) => {
            const value = values[id];
            if (value === undefined) return textCell('–');
            return textCell(differs && value !== usual ? [{ as: 'strong', text: value }] : value);
          }),
        ],
      };
    }),
    ...(ledger.some(({ differs }) => differs) ? { note: 'Bold: not the most common value of its row.' } : {}),
  };
}

function mostCommon(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

function parity(context: ReportContext): Block[] {
  const { parity: record } = context.results.study;
  if (record === undefined) return [{ kind: 'paragraph', text: 'The run ended before the parity gate.' }];
  const { absolute, relative } = record.tolerance;
  return [
    {
      kind: 'paragraph',
      text: `${formatCount(record.inputs)} inputs were answered by each contestant and held against the model's golden outputs, made when the model was built. Tolerance: ${formatNumberOrExponent(absolute)} absolute or ${formatNumberOrExponent(relative)} relative. During the timed runs every answer was checked too.`,
    },
    {
      kind: 'table',
      caption: 'Parity',
      columns: [
        textColumn('Contestant'),
        textColumn('Model'),
        numberColumn('Largest absolute difference'),
        numberColumn('Largest relative difference'),
        numberColumn('Same top class'),
        textColumn('Predictions'),
      ],
      rows: record.contestants.map(
        ({ contestant, model, maxAbsolute, maxRelative, top1Agreement, outcome, reason }) => ({
          ...(outcome === 'same' ? {} : { tone: 'bad' as const }),
          cells: [
            textCell(context.label(contestant)),
            textCell(model),
            numberCell(maxAbsolute, formatNumberOrExponent),
            numberCell(maxRelative, formatNumberOrExponent),
            numberCell(top1Agreement, formatShare),
            textCell(reason === undefined ? outcome : `${outcome}: ${reason}`),
          ],
        }),
      ),
    },
  ];
}

/** Differences of floats are read by their exponent. */
function formatNumberOrExponent(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : formatNumber(value);
}
