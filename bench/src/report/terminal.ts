import { styleText } from 'node:util';
import type { ClaimVerdict, Results, Verdict } from '../record/index.js';

const COLOURS = {
  CONFIRMED: 'green',
  REFUTED: 'red',
  EQUIVALENT: 'cyan',
  INCONCLUSIVE: 'yellow',
  'NOT TESTED': 'gray',
} as const;
const WIDEST_VERDICT = 'INCONCLUSIVE'.length;

/**
 * The verdicts as lines for a terminal: what was decided, with its effect, and how many claims were not tested. `colour`
 * paints the verdicts.
 */
export function verdictLines({ claims }: Results, colour: boolean): string[] {
  const judged = claims.filter(({ verdict, standin }) => verdict !== 'NOT TESTED' || standin !== undefined);
  const paint = (verdict: Verdict): string => {
    const padded = verdict.padEnd(WIDEST_VERDICT);
    return colour ? styleText(COLOURS[verdict], padded, { validateStream: false }) : padded;
  };
  const left = claims.length - judged.length;
  return [
    ...judged.flatMap((claim) => [
      `${paint(claim.verdict)}  ${claim.sentence}`,
      `${' '.repeat(WIDEST_VERDICT)}  ${explanation(claim)}`,
    ]),
    ...(left === 0 ? [] : [`${left} of ${claims.length} claims were not tested: the report says why.`]),
  ];
}

function explanation({ standin, reason }: ClaimVerdict): string {
  return standin === undefined
    ? reason
    : `the stand-in, which decides nothing, reads ${standin.verdict}: ${standin.reason}`;
}
