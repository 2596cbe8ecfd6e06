import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { ClaimVerdict, Results, Verdict } from '../record/index.js';
import { explanation } from './sections/verdicts.js';
import { ReportContext } from './sections/report-context.js';
import { standinReading } from './sections/standin.js';

const COLOURS = {
  CONFIRMED: 'green',
  REFUTED: 'red',
  EQUIVALENT: 'cyan',
  INCONCLUSIVE: 'yellow',
  'NOT TESTED': 'gray',
} as const;
const WIDEST_VERDICT = 'INCONCLUSIVE'.length;
/** Borders and padding of three columns. */
const FRAME = 10;

/**
 * The verdicts as a table for a terminal of `columns` characters: what was decided, with its effect, and how many claims were
 * not tested. `colour` paints the verdicts.
 */
export function verdictLines(results: Results, { colour, columns }: { colour: boolean; columns: number }): string[] {
  const context = new ReportContext(results);
  const { claims } = results;
  const judged = claims.filter(({ verdict, standin }) => verdict !== 'NOT TESTED' || standin !== undefined);
  const paint = (verdict: Verdict): string =>
    colour ? styleText(COLOURS[verdict], verdict, { validateStream: false }) : verdict;
  const room = Math.max(40, columns - WIDEST_VERDICT - FRAME);
  const table = new Table({
    head: ['Verdict', 'Claim', 'What was found'],
    colWidths: [WIDEST_VERDICT + 2, Math.ceil(room / 2) + 2, Math.floor(room / 2) + 2],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(...judged.map((claim) => [paint(claim.verdict), claim.sentence, found(context, claim)]));
  const left = claims.length - judged.length;
  return [
    ...(judged.length === 0 ? [] : table.toString().split('\n')),
    ...(left === 0 ? [] : [`${left} of ${claims.length} claims were not tested: the report says why.`]),
  ];
}

function found(context: ReportContext, claim: ClaimVerdict): string {
  const reading = standinReading(claim);
  if (reading === undefined) return explanation(context, claim);
  const words = explanation(context, { ...reading, condition: '' });
  return `the stand-in, which decides nothing, reads ${reading.verdict}: ${words}`;
}
