import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { percentileMs, pointsByContestant } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import type { NamedTable as Table } from '../../analysis/told.js';
import { spanWords } from '../../stats/index.js';
import { linesByContestant } from '../work-by-hand/observation.js';

const COMPARED_CLIENTS = 8;

export const scalingAnalysis: ExperimentAnalysis = {
  id: 'scaling',
  title: 'Scaling the Flask style by work',
  question:
    'How much throughput do processes, worker threads, an asynchronous session and micro-batching buy, and for how many lines of code?',
  hypothesis:
    'More processes use more cores; an asynchronous session does the same in one process; with few cores the gain ends soon.',
  analyse: (findings) => {
    const cells = findings.of('scaling');
    return {
      done: `The naive server, each scaled variant, real Flask with more workers or threads, and TensorFlow Serving, in closed loops of ${[...new Set(cells.map(clientsOf))].join(', ')} clients.`,
      answer: answer(findings, cells),
      meaning:
        'Before you change servers for speed, look at the cheapest row that gives enough: one more process is a line of configuration.',
      charts: [
        {
          kind: 'lines',
          title: 'Throughput of each variant',
          caption: `Closed loop, correct answers per second, with ${spanWords(cells)}.`,
          x: 'clients',
          y: 'answers per second',
          xScale: 'log',
          yScale: 'linear',
          points: pointsByContestant(findings, cells, clientsOf, ({ throughputPerS }) => throughputPerS),
        },
      ],
      tables: [table(findings, cells)],
    };
  },
};

function clientsOf({ cell }: CellResult): number {
  return cell.condition.loop.kind === 'closed' ? cell.condition.loop.concurrency : 0;
}

function gain(findings: Findings, each: CellResult): number | undefined {
  const naive = findings.find(
    'scaling',
    'flask-style',
    ({ condition }) => condition.loop.kind === 'closed' && condition.loop.concurrency === clientsOf(each),
  );
  return naive === undefined || naive.throughputPerS.value === 0
    ? undefined
    : each.throughputPerS.value / naive.throughputPerS.value;
}

function answer(findings: Findings, cells: readonly CellResult[]): string {
  const gains = cells
    .filter((each) => clientsOf(each) === COMPARED_CLIENTS && each.cell.contestant !== 'flask-style' && each.valid)
    .flatMap((each) => {
      const factor = gain(findings, each);
      return factor === undefined ? [] : [`${findings.label(each.cell.contestant)} ${factor.toFixed(2)} times`];
    });
  return gains.length === 0
    ? 'No variant passed its validity gates.'
    : `Against the naive server with ${COMPARED_CLIENTS} clients: ${gains.join('; ')}.`;
}

function table(findings: Findings, cells: readonly CellResult[]): Table {
  const lines = linesByContestant(findings);
  return {
    title: `Gain against lines of code, ${COMPARED_CLIENTS} clients`,
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'lines of code', numeric: true },
      { name: 'answers per second', numeric: true },
      { name: 'times the naive server', numeric: true },
      { name: 'p50 (ms)', numeric: true },
      { name: 'p99 (ms)', numeric: true },
      { name: 'CPU ms per request', numeric: true },
      { name: 'memory at most (MB)', numeric: true },
    ],
    rows: cells
      .filter((each) => clientsOf(each) === COMPARED_CLIENTS)
      .map((each) => [
        findings.label(each.cell.contestant),
        lines.get(each.cell.contestant) ?? null,
        each.throughputPerS.value,
        gain(findings, each) ?? null,
        percentileMs(each.service, 0.5),
        percentileMs(each.service, 0.99),
        each.cpuMsPerRequest,
        each.rssMaxBytes === null ? null : Math.round(each.rssMaxBytes / 1e6),
      ]),
  };
}
