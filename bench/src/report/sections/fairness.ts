import { isUnchecked, type LedgerRow } from '../../record/index.js';
import { heading, paragraph, section, type Blocks, type Section, type TableBlock } from '../document/block.js';
import { BREAK, mark, muted, strong, type Text } from '../document/inline.js';
import { number, tableOf, text } from '../document/table.js';
import { formatCount, formatNumber, formatShare } from '../../words/number.js';
import { groupBy } from '../group-by.js';
import type { ReportContext } from './report-context.js';

/** There is no server whose predictions could differ from the engine's. */
export const ENGINE_ALONE =
  "The bare engine ran alone: its predictions were held against the model's own, first and in each trial.";

/** What was equal and what was not: the ledger (method rule 14) and the parity gate (method rule 13). */
export function fairnessSection(context: ReportContext): Section {
  const { ledger } = context.results.study;
  const differing = ledger.filter(({ differs }) => differs).length;
  const words = `Of ${formatCount(ledger.length)} properties ${formatCount(differing)} differ between contestants. They are marked; each is part of what the figures show.`;
  const none = 'No contestant was started, so there is nothing to enter.';
  return section('fairness', 'Fairness ledger', 'Fairness', [
    paragraph(ledger.length === 0 ? none : words),
    ledger.length > 0 && ledgerTable(context, ledger),
    heading('parity', 'Do all contestants give the same predictions?'),
    parity(context),
  ]);
}

/** A column for each contestant that the ledger holds: one that was never looked at has none. */
function ledgerTable(context: ReportContext, ledger: readonly LedgerRow[]): TableBlock {
  const entered = context.results.study.contestants.filter(({ id }) => ledger.some(({ values }) => id in values));
  const valueOf = ({ values, differs }: LedgerRow, id: string): Text => {
    const value = values[id];
    if (value === undefined) return '–';
    return differs && value !== mostCommon(Object.values(values)) ? strong(value) : value;
  };
  return tableOf(
    {
      caption: 'Fairness ledger',
      tone: ({ differs }) => differs && 'warn',
      note: ledger.some(({ differs }) => differs) && 'Bold: not the most common value of its row.',
    },
    ledger,
    [
      text('Property', ({ property, note }) => [property, note !== undefined && [BREAK, muted(note)]]),
      text('Equal?', ({ differs, values }) => {
        if (differs) return mark('differs');
        return Object.keys(values).length > 1 ? 'equal' : 'only one';
      }),
      ...entered.map(({ id, label }) => text<LedgerRow>(label, (row) => valueOf(row, id), id)),
    ],
  );
}

function mostCommon(values: readonly string[]): string | undefined {
  return [...groupBy(values, (value) => value)].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

function parity(context: ReportContext): Blocks {
  const { parity: record } = context.results.study;
  if (record === undefined)
    return paragraph(isUnchecked(context.results.study) ? 'The run ended before the parity gate.' : ENGINE_ALONE);
  const { absolute, relative } = record.tolerance;
  return [
    paragraph(
      `${formatCount(record.inputs)} inputs were answered by each contestant and held against the model's golden outputs, made when the model was built. Tolerance: ${formatDifference(absolute)} absolute or ${formatDifference(relative)} relative. During the timed runs every answer was checked too.`,
    ),
    tableOf({ caption: 'Parity', tone: ({ outcome }) => outcome !== 'same' && 'bad' }, record.contestants, [
      text('Contestant', ({ contestant }) => context.label(contestant)),
      text('Model', ({ model }) => model),
      number('Largest absolute difference', ({ maxAbsolute }) => maxAbsolute, formatDifference),
      number('Largest relative difference', ({ maxRelative }) => maxRelative, formatDifference),
      number('Same top class', ({ top1Agreement }) => top1Agreement, formatShare),
      text('Predictions', ({ outcome, reason }) => (reason === undefined ? outcome : `${outcome}: ${reason}`)),
    ]),
  ];
}

/** Differences of floats are read by their exponent. */
function formatDifference(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : formatNumber(value);
}
