import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { milliseconds, notAnswered, percentileMs, pointsByContestant } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import type { NamedTable as Table } from '../../analysis/told.js';

/** From here on a difference is called small: the fastest and the slowest contestant are within this ratio. */
const STOPS_MATTERING = 1.1;

export const networkAnalysis: ExperimentAnalysis = {
  id: 'network',
  title: 'The network in between',
  question: 'How far away must the client be, and how narrow the line, until the choice of server stops mattering?',
  hypothesis:
    'Every contestant pays the round trip once; a gRPC message is smaller than JSON, which shows on a narrow line only.',
  analyse: (findings) => {
    const cells = findings.of('network');
    const delayed = cells.filter((each) => !isPoor(each) && each.cell.condition.network?.bandwidthMbitS === undefined);
    const narrow = cells.filter(({ cell }) => cell.condition.network?.bandwidthMbitS !== undefined);
    return {
      done: `A proxy between generator and server added round trips of ${rtts(delayed).join(', ')} ms (measured: see the trials) and, with larger payloads, limited the bandwidth. One more line was long, uneven and lost connections. One client, closed loop.`,
      answer: crossover(delayed),
      meaning:
        'If your clients are an ocean away, choose the server for its operation, not for its milliseconds. If they are in the same rack, the server is most of what they wait for.',
      charts: [
        {
          kind: 'lines',
          title: 'Median latency by round-trip time',
          caption: 'The lines run together where the network dominates.',
          x: 'added round trip (ms)',
          y: 'p50 service time (ms)',
          xScale: 'linear',
          yScale: 'log',
          points: pointsByContestant(findings, delayed, rttOf, ({ service }) => percentileMs(service, 0.5)),
        },
        {
          kind: 'lines',
          title: 'Median latency by bandwidth',
          caption: `${narrow[0]?.cell.condition.batch ?? 1} instances per request: JSON needs more bytes than gRPC for the same numbers.`,
          x: 'bandwidth (Mbit/s)',
          y: 'p50 service time (ms)',
          xScale: 'log',
          yScale: 'log',
          points: pointsByContestant(
            findings,
            narrow,
            ({ cell }) => cell.condition.network?.bandwidthMbitS ?? 0,
            ({ service }) => percentileMs(service, 0.5),
          ),
        },
      ],
      tables: [table(findings, cells)],
    };
  },
};

/** Uneven, or losing connections: not on the curve of round trips. */
function isPoor({ cell }: CellResult): boolean {
  const { jitterMs, connectionLossPerS } = cell.condition.network ?? {};
  return jitterMs !== undefined || connectionLossPerS !== undefined;
}

function rttOf({ cell }: CellResult): number {
  return cell.condition.network?.rttMs ?? 0;
}

function rtts(cells: readonly CellResult[]): number[] {
  return [...new Set(cells.map(rttOf))].sort((a, b) => a - b);
}

/** The smallest round trip at which slowest and fastest differ by less than a tenth. */
function crossover(cells: readonly CellResult[]): string {
  for (const rtt of rtts(cells)) {
    const medians = cells
      .filter((each) => rttOf(each) === rtt && each.valid)
      .flatMap(({ service }) => percentileMs(service, 0.5) ?? []);
    if (medians.length < 2) continue;
    const spread = Math.max(...medians) / Math.min(...medians);
    if (spread <= STOPS_MATTERING)
      return `From a round trip of ${rtt} ms on, the slowest contestant is within ${Math.round(100 * (spread - 1))}% of the fastest (${milliseconds(Math.min(...medians))}).`;
  }
  return 'At every round trip measured, the contestants still differ by more than a tenth.';
}

function table(findings: Findings, cells: readonly CellResult[]): Table {
  return {
    title: 'Network conditions',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'added RTT (ms)', numeric: true },
      { name: 'jitter up to (ms)', numeric: true },
      { name: 'bandwidth (Mbit/s)', numeric: true },
      { name: 'connections lost (1/s)', numeric: true },
      { name: 'bytes out', numeric: true },
      { name: 'p50 (ms)', numeric: true },
      { name: 'p95 (ms)', numeric: true },
      { name: 'failed (%)', numeric: true },
    ],
    rows: cells.map((each) => [
      findings.label(each.cell.contestant),
      rttOf(each),
      each.cell.condition.network?.jitterMs ?? null,
      each.cell.condition.network?.bandwidthMbitS ?? null,
      each.cell.condition.network?.connectionLossPerS ?? null,
      Math.round(each.bytesOutMean),
      percentileMs(each.service, 0.5),
      percentileMs(each.service, 0.95),
      failedPercent(each),
    ]),
  };
}

function failedPercent(result: CellResult): number {
  const failed = notAnswered(result);
  return failed === 0 ? 0 : (100 * failed) / (failed + result.outcomes.ok);
}
