import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { percentileMs, pointsByContestant } from '../../analysis/series.js';
import type { CellResult, Table } from '../../record/index.js';

export const batchAnalysis: ExperimentAnalysis = {
  id: 'batch',
  title: 'Batches',
  question:
    'What is gained when a client sends several instances at once, and when the server joins requests of several clients?',
  hypothesis:
    'A larger client batch costs less per instance until the arithmetic dominates. Server-side batching helps under load and costs waiting when there is none; on few cores and a small model there is little to gain.',
  analyse: (findings) => {
    const cells = findings.of('batch');
    const client = cells.filter(({ cell }) => cell.condition.loop.kind === 'closed');
    const open = cells.filter(({ cell }) => cell.condition.loop.kind === 'open');
    return {
      done: `Client batches of ${sizes(client).join(', ')} instances by one client; and single instances arriving at random while the server joined them or did not.`,
      answer: bestPerInstance(findings, client),
      meaning:
        'If your clients can collect instances, let them: it is the cheapest batching there is. Turn server-side batching on when many clients send single instances and a few milliseconds of waiting do not hurt.',
      charts: [
        {
          kind: 'lines',
          title: 'Time per instance by client batch',
          caption: 'Median service time divided by the instances in the request.',
          x: 'instances per request',
          y: 'p50 per instance (ms)',
          xScale: 'log',
          yScale: 'log',
          points: pointsByContestant(findings, client, sizeOf, perInstance),
        },
        {
          kind: 'lines',
          title: 'Time per request by client batch',
          caption: 'Median service time.',
          x: 'instances per request',
          y: 'p50 service time (ms)',
          xScale: 'log',
          yScale: 'log',
          points: pointsByContestant(findings, client, sizeOf, ({ service }) => percentileMs(service, 0.5)),
        },
        {
          kind: 'lines',
          title: 'Waiting under open load, with and without server-side batching',
          caption: 'Response time from the intended instant.',
          x: 'requests per second',
          y: 'p50 response time (ms)',
          xScale: 'log',
          yScale: 'log',
          points: open.flatMap((each) => {
            const y = percentileMs(each.response, 0.5);
            return y === null ? [] : [{ series: seriesOf(findings, each), x: rateOf(each), y, valid: each.valid }];
          }),
        },
      ],
      tables: [openTable(findings, open)],
    };
  },
};

function sizeOf({ cell }: CellResult): number {
  return cell.condition.batch;
}

function sizes(cells: readonly CellResult[]): number[] {
  return [...new Set(cells.map(sizeOf))].sort((a, b) => a - b);
}

function rateOf({ cell }: CellResult): number {
  return cell.condition.loop.kind === 'open' ? cell.condition.loop.ratePerS : 0;
}

function perInstance(each: CellResult): number | null {
  const median = percentileMs(each.service, 0.5);
  return median === null ? null : median / sizeOf(each);
}

function seriesOf(findings: Findings, { cell }: CellResult): string {
  return `${findings.label(cell.contestant)}${cell.condition.factors?.['batching'] === true ? ', batching' : ''}`;
}

function bestPerInstance(findings: Findings, cells: readonly CellResult[]): string {
  const contestants = [...new Set(cells.map(({ cell }) => cell.contestant))];
  const gains = contestants.flatMap((id) => {
    const own = cells.filter(({ cell, valid }) => cell.contestant === id && valid);
    const single = own.find((each) => sizeOf(each) === 1);
    const best = [...own].sort((a, b) => (perInstance(a) ?? Infinity) - (perInstance(b) ?? Infinity))[0];
    const [one, least] = [
      single === undefined ? null : perInstance(single),
      best === undefined ? null : perInstance(best),
    ];
    return one === null || least === null || best === undefined
      ? []
      : [`${findings.label(id)} ${(one / least).toFixed(1)} times with ${sizeOf(best)} instances`];
  });
  return gains.length === 0
    ? 'No batch size passed its validity gates.'
    : `An instance gets cheaper in a batch: ${gains.join('; ')}.`;
}

function openTable(findings: Findings, open: readonly CellResult[]): Table {
  return {
    title: 'Server-side batching under open load (ms)',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'requests/s asked', numeric: true },
      { name: 'answered/s', numeric: true },
      { name: 'response p50', numeric: true },
      { name: 'response p99', numeric: true },
      { name: 'CPU ms per request', numeric: true },
    ],
    rows: open.map((each) => [
      seriesOf(findings, each),
      rateOf(each),
      each.throughputPerS.value,
      percentileMs(each.response, 0.5),
      percentileMs(each.response, 0.99),
      each.cpuMsPerRequest,
    ]),
  };
}
