import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { percentileMs, pointsByContestant } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import type { NamedTable as Table } from '../../analysis/told.js';

export const batchAnalysis: ExperimentAnalysis = {
  id: 'batch',
  title: 'Batches',
  question:
    'What is gained when a client sends several instances at once, and when the server joins requests of several clients?',
  hypothesis:
    'A larger client batch costs less per instance until the arithmetic dominates. Server-side batching helps under load and costs waiting when there is none; on few cores and a small model there is little to gain.',
  analyse: (findings) => {
    const cells = findings.of('batch');
    const client = cells.filter(
      ({ cell: { condition } }) => condition.loop.kind === 'closed' && condition.loop.concurrency === 1,
    );
    const busy = cells.filter(
      ({ cell: { condition } }) => condition.loop.kind === 'closed' && condition.loop.concurrency > 1,
    );
    const open = cells.filter(({ cell }) => cell.condition.loop.kind === 'open');
    return {
      done: `Client batches of ${sizes(client).join(', ')} instances by one client; and single instances while the server joined them or did not, arriving at random and from 32 busy clients.`,
      answer: `${bestPerInstance(findings, client)} ${gainOfBatching(findings, busy)}`.trim(),
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
      tables: [clientTable(findings, client), serverTable(findings, [...open, ...busy])],
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
  return `${findings.label(cell.contestant)}${isBatching(cell) ? ', batching' : ''}`;
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

/** What joining requests does to the throughput of a saturated server. */
function gainOfBatching(findings: Findings, busy: readonly CellResult[]): string {
  const gains = busy
    .filter(({ cell, valid }) => valid && isBatching(cell))
    .flatMap((each) => {
      const { contestant } = each.cell;
      // The Flask style that joins requests is a program of its own: its measure is the one that does not.
      const measure = contestant === 'flask-micro-batching' ? 'flask-style' : contestant;
      const plain = busy.find(({ cell, valid }) => valid && !isBatching(cell) && cell.contestant === measure);
      return plain === undefined || plain.throughputPerS.value === 0
        ? []
        : [
            `${findings.label(contestant)} ${(each.throughputPerS.value / plain.throughputPerS.value).toFixed(2)} times`,
          ];
    });
  return gains.length === 0 ? '' : `With 32 busy clients, joined on the server: ${gains.join('; ')} the throughput.`;
}

function isBatching({ condition }: CellResult['cell']): boolean {
  return condition.factors?.['batching'] === true;
}

function clientTable(findings: Findings, client: readonly CellResult[]): Table {
  return {
    title: 'Client batches, one client',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'instances per request', numeric: true },
      { name: 'p50 per request (ms)', numeric: true },
      { name: 'p50 per instance (ms)', numeric: true },
      { name: 'instances per second', numeric: true },
    ],
    rows: client.map((each) => [
      findings.label(each.cell.contestant),
      sizeOf(each),
      percentileMs(each.service, 0.5),
      perInstance(each),
      each.throughputPerS.value * sizeOf(each),
    ]),
  };
}

function serverTable(findings: Findings, cells: readonly CellResult[]): Table {
  return {
    title: 'Server-side batching',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'load', numeric: false },
      { name: 'answered/s', numeric: true },
      { name: 'response p50 (ms)', numeric: true },
      { name: 'response p99 (ms)', numeric: true },
      { name: 'CPU ms per request', numeric: true },
    ],
    rows: cells.map((each) => [
      seriesOf(findings, each),
      each.cell.condition.loop.kind === 'open' ? `${rateOf(each)} requests/s` : '32 busy clients',
      each.throughputPerS.value,
      percentileMs(each.response, 0.5),
      percentileMs(each.response, 0.99),
      each.cpuMsPerRequest,
    ]),
    note: 'TensorFlow Serving batches with max_batch_size 32, batch_timeout_micros 1000, num_batch_threads 2.',
  };
}
