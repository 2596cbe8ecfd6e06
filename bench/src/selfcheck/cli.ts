import { Command, InvalidArgumentError, Option } from 'commander';
import { findServing } from '../contestants/index.js';
import { setUp } from '../process/index.js';
import { Progress } from '../run/progress.js';
import { missingPackages } from './c-clients.js';
import type { OpinionRow } from './judge-opinions.js';
import { P99_TOLERANCE, runSelfcheck, SELFCHECK_DEFAULTS, type SelfcheckRow } from './run-selfcheck.js';
import { secondOpinion } from './second-opinion.js';

// npm run bench:selfcheck: does the generator find what is known to be there, and what other clients find?

interface Flags {
  readonly rounds: number;
  readonly seconds: number;
  readonly only?: string;
}

const { only, ...wanted } = new Command('bench:selfcheck')
  .description(
    'Holds the load generator against servers of known delay, and, where they are installed, against the C clients wrk and h2load on the same server (TFSERVING_BIN, or the stand-in) and on one that answers at once. The exit status is 1 when something is further apart than docs/method.md allows.',
  )
  .option(
    '--rounds <number>',
    'rounds of the comparison with wrk and h2load; all clients take part in each',
    wholeNumber,
    9,
  )
  .option('--seconds <number>', "length of one client's turn", wholeNumber, 1)
  .addOption(new Option('--only <part>', 'half of it').choices(['known-delay', 'second-opinion']))
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Flags>();

await setUp();
const CONCURRENCIES = [1, 8, 32];
type Columns<Row> = readonly (readonly [title: string, cell: (row: Row) => string])[];

const DELAY_COLUMNS: Columns<SelfcheckRow> = [
  ['loop', (row) => row.loop],
  ['asked ms', (row) => String(row.delayMs)],
  ['stall', (row) => (row.stalled ? 'yes' : 'no')],
  ['samples', (row) => String(row.samples)],
  ['server p50', (row) => row.serverP50Ms.toFixed(2)],
  ['service p50', (row) => row.serviceP50Ms.toFixed(2)],
  ['true p99', (row) => row.trueP99Ms.toFixed(2)],
  ['response p99', (row) => row.responseP99Ms.toFixed(2)],
  ['lag p50', (row) => row.lagP50Ms.toFixed(3)],
  ['lag p99', (row) => row.lagP99Ms.toFixed(3)],
  ['CPU', (row) => `${(row.cpuShare * 100).toFixed(0)}%`],
  ['', (row) => (row.passed === undefined ? '' : row.passed ? 'ok' : 'FAILED')],
];

const OPINION_COLUMNS: Columns<OpinionRow> = [
  ['server', (row) => row.server],
  ['in flight', (row) => String(row.concurrency)],
  ['', (row) => row.what],
  ['C client', (row) => figure(row.c)],
  ['bench', (row) => figure(row.bench)],
  ['apart', (row) => row.apart],
  ['limit', (row) => row.limit],
  ['', (row) => (row.passed ? 'ok' : 'FAILED')],
];

const progress = new Progress(process.stderr);
const failures =
  (only === 'second-opinion' ? 0 : await checkKnownDelays()) +
  (only === 'known-delay' ? 0 : await askForSecondOpinion(wanted));
process.exitCode = failures === 0 ? 0 : 1;

/** The number of failed rows. */
async function checkKnownDelays(): Promise<number> {
  const { ratePerS, concurrency, stallMs, durationMs } = SELFCHECK_DEFAULTS;
  console.log(
    `Servers of known delay, ${durationMs / 1e3} s each; closed loop of ${concurrency}, open loop of ${ratePerS}/s (Poisson); half with a stall of ${stallMs} ms. Times in ms.`,
  );
  progress.now('asking servers of known delay');
  const rows = await runSelfcheck(SELFCHECK_DEFAULTS, (row) => {
    progress.now(`${row.loop} loop, ${row.delayMs} ms: done`);
  });
  progress.clear();
  print(DELAY_COLUMNS, rows);
  const failed = rows.filter(({ passed }) => passed === false).length;
  console.log(
    failed === 0
      ? `The open loop finds the true p99 under a stall within ${P99_TOLERANCE * 100}%; the closed loop does not see what its users would have waited.`
      : `${failed} rows are further than ${P99_TOLERANCE * 100}% from the truth: do not trust open-loop figures from this machine as it is now.`,
  );
  return failed;
}

/** The number of failed rows; none where the clients are not installed. */
async function askForSecondOpinion(asked: { readonly rounds: number; readonly seconds: number }): Promise<number> {
  const missing = missingPackages();
  if (missing.length > 0) {
    console.log(`No second opinion: install the clients in C for it (Debian: apt-get install ${missing.join(' ')}).`);
    return 0;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
  });
  const onProgress = progress.now;
  const binary = process.env['TFSERVING_BIN'];
  const serving = await findServing({ binary, standinOnly: binary === undefined, image: '', onProgress });
  console.log(`Second opinion: wrk (REST) and h2load (gRPC) beside the bench, ${asked.rounds} rounds in turn.`);
  const { signal } = stop;
  const rows = await secondOpinion({ ...asked, serving, concurrencies: CONCURRENCIES, signal, onProgress });
  progress.clear();
  print(OPINION_COLUMNS, rows);
  const failed = rows.filter(({ passed }) => !passed).length;
  if (failed > 0) console.log(`${failed} comparisons are beyond their limits: see docs/method.md, rule 5a.`);
  if (stop.signal.aborted) console.log('Stopped: the rounds so far are shown.');
  return failed;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 9999 is wanted.');
  return Number(text);
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(3);
}

/** A table whose columns are as wide as their widest cell. */
function print<Row>(columns: Columns<Row>, rows: readonly Row[]): void {
  const lines = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  for (const line of lines) console.log(line.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  '));
}
