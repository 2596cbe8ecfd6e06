import { styleText } from 'node:util';
import type { Check } from './check.js';
import type { Inspection } from './inspect-machine.js';

const COLORS = { ok: 'green', limited: 'yellow', missing: 'red' } as const;
const OPTIONAL_COLOR = 'yellow';

/** The table that `npm run doctor` prints: one line for each thing, and below it what to do where something is to be done. */
export function renderInspection({ ok, checks }: Inspection, colored: boolean): string {
  const width = Math.max(...checks.map(({ title }) => title.length));
  const lines = checks.flatMap((check) => {
    const line = `${mark(check, colored)} ${check.title.padEnd(width)}  ${check.found}`;
    return check.advice === undefined ? [line] : [line, `${' '.repeat(MARK_WIDTH + 1 + width)}  -> ${check.advice}`];
  });
  const verdict = ok ? 'Everything required is here.' : 'Something required is missing: see "missing" above.';
  return [...lines, '', verdict].join('\n');
}

const MARK_WIDTH = 'optional'.length;

/** A missing thing that is not required is called optional, so that "missing" always asks for something to be done. */
function mark({ state, required }: Check, colored: boolean): string {
  const optional = state === 'missing' && !required;
  const text = (optional ? 'optional' : state).padEnd(MARK_WIDTH);
  return colored ? styleText(optional ? OPTIONAL_COLOR : COLORS[state], text) : text;
}
