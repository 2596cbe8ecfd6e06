import { parseArgs } from 'node:util';
import { findServing, type Serving } from '../contestants/index.js';
import { Progress } from '../run/progress.js';
import { runModelServerBench, type ModelServerRow } from './run-model-server-bench.js';

// npm run bench:model-server: how fast is the stand-in, beside a real TensorFlow Serving where there is one?

const REAL = 'TensorFlow Serving';

const USAGE = `npm run bench:model-server [-- options]

Drives the stand-in by REST and gRPC in closed loops, beside the TensorFlow Serving binary that TFSERVING_BIN
names, and beside the bare engine: latency, throughput, requests per CPU-second and where the time goes.

  --concurrency 1,8,32   requests in flight
  --trials 6             trials of each row, interleaved
  --seconds 2            length of a trial`;

const COLUMNS: readonly [title: string, cell: (row: ModelServerRow) => string][] = [
  ['server', ({ server }) => server],
  ['protocol', ({ protocol }) => protocol],
  ['in flight', ({ concurrency }) => String(concurrency)],
  ['p50 ms', ({ result }) => latency(result, 0.5)],
  ['p99 ms', ({ result }) => latency(result, 0.99)],
  ['per second', ({ result }) => result.throughputPerS.value.toFixed(0)],
  [
    'per CPU-second',
    ({ result }) => (result.cpuMsPerRequest === null ? '-' : (1e3 / result.cpuMsPerRequest).toFixed(0)),
  ],
  ['CPU ms/request', ({ result }) => result.cpuMsPerRequest?.toFixed(3) ?? '-'],
  ['generator CPU', ({ generatorCpuShare }) => `${(generatorCpuShare * 100).toFixed(0)}%`],
  [
    'where the time goes, mean ms',
    ({ result }) => result.split.map(({ part, ms }) => `${part} ${ms.toFixed(3)}`).join(', '),
  ],
  [
    '',
    ({ result }) =>
      result.gates
        .filter(({ passed }) => !passed)
        .map(({ name }) => `INVALID: ${name}`)
        .join(' '),
  ],
];

process.exitCode = await main();

async function main(): Promise<number> {
  const asked = parse();
  if (typeof asked === 'string') {
    console.error(asked);
    return 2;
  }
  const progress = new Progress(process.stderr);
  const say = (text: string): void => {
    progress.now(text);
  };
  const stop = new AbortController();
  process.once('SIGINT', () => {
    stop.abort();
  });
  const servers = await findServers(say);
  if (servers[REAL] === undefined)
    progress.say(`TFSERVING_BIN names no ${REAL}: the stand-in is measured without one beside it.`);
  const rows: ModelServerRow[] = [];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  console.log(line(COLUMNS.map(([title]) => title)));
  console.log(line(COLUMNS.map(() => '---')));
  for await (const row of runModelServerBench({
    ...asked,
    servers,
    warmupMs: 500,
    signal: stop.signal,
    onTrial: say,
  })) {
    rows.push(row);
    progress.clear();
    console.log(line(COLUMNS.map(([, cell]) => cell(row))));
  }
  for (const text of ratios(rows)) console.log(text);
  return stop.signal.aborted ? 130 : 0;
}

/** The options, or what is wrong with them. */
function parse(): { concurrencies: number[]; trials: number; durationMs: number } | string {
  try {
    const { values } = parseArgs({
      options: {
        concurrency: { type: 'string', default: '1,8,32' },
        trials: { type: 'string', default: '6' },
        seconds: { type: 'string', default: '2' },
        help: { type: 'boolean' },
      },
    });
    if (values.help === true) return USAGE;
    const concurrencies = values.concurrency.split(',').map((text) => wholeNumber('--concurrency', text));
    return {
      concurrencies,
      trials: wholeNumber('--trials', values.trials),
      durationMs: wholeNumber('--seconds', values.seconds) * 1e3,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`;
  }
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text.trim()))
    throw new Error(`${option} takes whole numbers from 1; ${JSON.stringify(text)} is none`);
  return Number(text);
}

async function findServers(onProgress: (text: string) => void): Promise<Record<string, Serving>> {
  const standin = await findServing({ standinOnly: true, image: '', onProgress });
  const binary = process.env['TFSERVING_BIN'];
  if (binary === undefined) return { 'stand-in': standin };
  const found = await findServing({ binary, image: '', onProgress });
  return { 'stand-in': standin, [found.source.kind === 'stand-in' ? 'stand-in, TFSERVING_BIN' : REAL]: found };
}

/** The stand-in against the real one, from this one run. */
function ratios(rows: readonly ModelServerRow[]): string[] {
  return rows
    .filter(({ server }) => server === 'stand-in')
    .flatMap((own) => {
      const real = rows.find(
        (row) => row.server === REAL && row.protocol === own.protocol && row.concurrency === own.concurrency,
      );
      const [ownP50, realP50] = [p(own.result, 0.5), real === undefined ? null : p(real.result, 0.5)];
      if (real === undefined || ownP50 === null || realP50 === null) return [];
      const speed = own.result.throughputPerS.value / real.result.throughputPerS.value;
      return `${own.protocol}, ${own.concurrency} in flight: the stand-in's p50 is ${(ownP50 / realP50).toFixed(2)} of TensorFlow Serving's, its throughput ${speed.toFixed(2)}`;
    });
}

function p(result: ModelServerRow['result'], share: number): number | null {
  return result.service.percentiles.find((each) => each.p === share)?.valueMs ?? null;
}

function latency(result: ModelServerRow['result'], share: number): string {
  return p(result, share)?.toFixed(2) ?? '-';
}
