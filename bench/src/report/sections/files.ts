import type { Block, Section, TableBlock } from '../document/block.js';
import { textColumn } from '../document/table.js';
import { formatCount } from '../format/number.js';
import type { ReportContext } from './report-context.js';

const KNOWN: Readonly<Record<string, string>> = {
  'study.json': 'the plan, the machine, the contestants, ledger and parity',
  'trials.jsonl': 'one line for each trial: seeds, generator health, resources',
  'results.json': 'what statistics and verdict rules made of it; this report is drawn from it alone',
};
const MOST_OPEN = 12;
const PERCENTILES = /^percentiles\/.*\.(service|response)\.hgrm$/;

/** The names of the raw files (method rule 22), and of what is made from them for other tools. */
export function filesSection({ results }: ReportContext): Section {
  const known = results.files.filter((name) => KNOWN[name] !== undefined);
  const percentiles = results.files.filter((name) => PERCENTILES.test(name));
  const samples = results.files.filter((name) => KNOWN[name] === undefined && !PERCENTILES.test(name));
  return {
    id: 'files',
    title: 'Raw files',
    short: 'Files',
    body: [
      { kind: 'paragraph', text: 'Beside this report, in the folder of the run:' },
      table('Files', known),
      ...listed('Samples', samples, 'files of samples'),
      ...listed('Percentile distributions', percentiles, 'files of percentile distributions'),
    ],
  };
}

/** Folded away when they are many. */
function listed(caption: string, names: readonly string[], many: string): Block[] {
  if (names.length === 0) return [];
  if (names.length <= MOST_OPEN) return [table(caption, names)];
  return [{ kind: 'details', summary: `${formatCount(names.length)} ${many}`, body: [table(caption, names)] }];
}

function table(caption: string, names: readonly string[]): TableBlock {
  return {
    kind: 'table',
    caption,
    columns: [textColumn('File'), textColumn('Holds')],
    rows: names.map((name) => ({
      cells: [{ text: [{ as: 'link', text: name, to: name }] }, { text: contents(name) }],
    })),
  };
}

function contents(name: string): string {
  const [, latency] = PERCENTILES.exec(name) ?? [];
  return (
    KNOWN[name] ??
    (latency === undefined
      ? 'samples: every request with its instants, outcome and bytes'
      : `${latency} time of a valid cell, made from its samples: HdrHistogram’s text form, ms`)
  );
}
