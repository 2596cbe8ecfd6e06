import type { Section, TableBlock } from '../document/block.js';
import { textColumn } from '../document/table.js';
import { formatCount } from '../format/number.js';
import type { ReportContext } from './report-context.js';

const KNOWN: Readonly<Record<string, string>> = {
  'study.json': 'the plan, the machine, the contestants, ledger and parity',
  'trials.jsonl': 'one line for each trial: seeds, generator health, resources',
  'results.json': 'what statistics and verdict rules made of it; this report is drawn from it alone',
};
const MOST_OPEN = 12;

/** The names of the raw files (method rule 22). */
export function filesSection({ results }: ReportContext): Section {
  const known = results.files.filter((name) => KNOWN[name] !== undefined);
  const samples = results.files.filter((name) => KNOWN[name] === undefined);
  return {
    id: 'files',
    title: 'Raw files',
    short: 'Files',
    body: [
      { kind: 'paragraph', text: 'Beside this report, in the folder of the run:' },
      table('Files', known),
      ...(samples.length === 0
        ? []
        : samples.length <= MOST_OPEN
          ? [table('Samples', samples)]
          : [
              {
                kind: 'details',
                summary: `${formatCount(samples.length)} files of samples`,
                body: [table('Samples', samples)],
              } as const,
            ]),
    ],
  };
}

function table(caption: string, names: readonly string[]): TableBlock {
  return {
    kind: 'table',
    caption,
    columns: [textColumn('File'), textColumn('Holds')],
    rows: names.map((name) => ({
      cells: [
        { text: [{ as: 'link', text: name, to: name }] },
        { text: KNOWN[name] ?? 'samples: every request with its instants, outcome and bytes' },
      ],
    })),
  };
}
