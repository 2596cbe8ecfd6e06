import { P99_TOLERANCE, runSelfcheck, SELFCHECK_DEFAULTS, type SelfcheckRow } from './run-selfcheck.js';
import { timeStatistics } from './time-statistics.js';

// npm run bench:selfcheck: does the generator find what is known to be there?

const TIMED_SAMPLES = 2_000_000;
const COLUMNS: readonly [title: string, cell: (row: SelfcheckRow) => string][] = [
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
const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => cell.padStart((COLUMNS[i]?.[0].length ?? 0) + 2)).join('');

const { ratePerS, concurrency, stallMs, durationMs } = SELFCHECK_DEFAULTS;
console.log(
  `Servers of known delay, ${durationMs / 1e3} s each; closed loop of ${concurrency}, open loop of ${ratePerS}/s (Poisson); half with a stall of ${stallMs} ms. Times in ms.`,
);
console.log(line(COLUMNS.map(([title]) => title)));
const rows = await runSelfcheck(SELFCHECK_DEFAULTS, (row) => {
  console.log(line(COLUMNS.map(([, cell]) => cell(row))));
});
const failed = rows.filter(({ passed }) => passed === false).length;
console.log(
  failed === 0
    ? `The open loop finds the true p99 under a stall within ${P99_TOLERANCE * 100}%; the closed loop does not see what its users would have waited.`
    : `${failed} rows are further than ${P99_TOLERANCE * 100}% from the truth: do not trust open-loop figures from this machine as it is now.`,
);
const timing = await timeStatistics(TIMED_SAMPLES);
const seconds = (ms: number): string => `${(ms / 1e3).toFixed(2)} s`;
console.log(
  `${timing.samples} samples: written in ${seconds(timing.writeMs)}, read in ${seconds(timing.readMs)}, summarised in ${seconds(timing.summariseMs)}.`,
);
process.exitCode = failed === 0 ? 0 : 1;
