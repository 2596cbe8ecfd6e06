import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { Findings } from '../../analysis/findings.js';
import { notAnswered, percentileMs, pointsByContestant } from '../../analysis/series.js';
import type { CellResult } from '../../record/index.js';
import type { NamedChart as Chart, NamedTable as Table } from '../../analysis/told.js';
import { goodputPerS, spanWords } from '../../stats/index.js';
import { LIMIT_MS } from '../capacity/limit.js';

export const concurrencyAnalysis: ExperimentAnalysis = {
  id: 'concurrency',
  title: 'Many clients at once',
  question: 'What happens to throughput and latency as clients are added, and as requests come at a steady rate?',
  hypothesis:
    'A server that blocks its one thread during inference stops gaining after one client; a model server goes on until the cores are busy.',
  analyse: async (findings) => {
    const closed = closedCells(findings);
    const open = findings.of('concurrency').filter(({ cell }) => cell.condition.loop.kind === 'open');
    const best = [...closed]
      .filter(({ valid, cell }) => valid && cell.contestant !== 'bare-engine')
      .sort((a, b) => b.throughputPerS.value - a.throughputPerS.value)[0];
    return {
      done: `Closed loops of ${levels(closed).join(', ')} clients (the first level is the headline experiment), and Poisson arrivals at ${rates(open).join(', ')} requests per second. Contestants were interleaved; every answer was checked.`,
      answer:
        best === undefined
          ? 'No level passed its validity gates.'
          : `${findings.label(best.cell.contestant)} reaches the highest throughput: ${Math.round(best.throughputPerS.value)} correct answers per second with ${concurrencyOf(best)} clients.`,
      meaning:
        'Read the closed loop as "how much can N busy clients get", the open loop as "what does a user wait when requests come whether or not the server is ready".',
      charts: [
        throughput(findings, closed),
        latency(findings, closed),
        ...atLowestRates(open).map((cells) => spectrum(findings, cells)),
      ],
      tables: [await openTable(findings, open)],
    };
  },
};

/** The curve begins with the headline's cells: the same condition with one client. */
function closedCells(findings: Findings): CellResult[] {
  return [...findings.of('headline'), ...findings.of('concurrency')].filter(
    ({ cell }) => cell.condition.loop.kind === 'closed',
  );
}

function concurrencyOf({ cell }: CellResult): number {
  return cell.condition.loop.kind === 'closed' ? cell.condition.loop.concurrency : 0;
}

function rateOf({ cell }: CellResult): number {
  return cell.condition.loop.kind === 'open' ? cell.condition.loop.ratePerS : 0;
}

function levels(cells: readonly CellResult[]): number[] {
  return [...new Set(cells.map(concurrencyOf))].sort((a, b) => a - b);
}

function rates(cells: readonly CellResult[]): number[] {
  return [...new Set(cells.map(rateOf))].sort((a, b) => a - b);
}

function throughput(findings: Findings, cells: readonly CellResult[]): Chart {
  return {
    kind: 'lines',
    title: 'Throughput by number of clients',
    caption: `Correct answers per second, closed loop, with ${spanWords(cells)}.`,
    x: 'clients',
    y: 'answers per second',
    xScale: 'log',
    yScale: 'linear',
    points: pointsByContestant(findings, cells, concurrencyOf, ({ throughputPerS }) => throughputPerS),
  };
}

function latency(findings: Findings, cells: readonly CellResult[]): Chart {
  return {
    kind: 'lines',
    title: 'Median latency by number of clients',
    caption: 'Service time, closed loop.',
    x: 'clients',
    y: 'p50 service time (ms)',
    xScale: 'log',
    yScale: 'log',
    points: pointsByContestant(findings, cells, concurrencyOf, ({ service }) => percentileMs(service, 0.5)),
  };
}

/** What is asked at the lowest rate of each model: below saturation, so that the curves compare waiting. */
function atLowestRates(open: readonly CellResult[]): CellResult[][] {
  const models = [...new Set(open.map(({ cell }) => cell.condition.model))];
  return models.map((model) => {
    const own = open.filter(({ cell }) => cell.condition.model === model);
    const lowest = Math.min(...rates(own));
    return own.filter((each) => rateOf(each) === lowest);
  });
}

/** `cnn-d16, 8 instances` */
function asked({ cell }: CellResult): string {
  const { model, batch } = cell.condition;
  return `${model}, ${batch} instance${batch === 1 ? '' : 's'}`;
}

function spectrum(findings: Findings, open: readonly CellResult[]): Chart {
  const [first] = open;
  const points = open.flatMap((each) =>
    (['service', 'response'] as const).flatMap((kind) =>
      each[kind].spectrum.map(({ p, ms }) => ({
        series: findings.label(each.cell.contestant),
        latency: kind,
        p,
        ms,
      })),
    ),
  );
  return {
    kind: 'spectrum',
    title: `What users wait at ${first === undefined ? 0 : rateOf(first)} requests per second`,
    caption: `${first === undefined ? '' : asked(first)}; Poisson arrivals; response time counts from the intended instant.`,
    points,
  };
}

async function openTable(findings: Findings, open: readonly CellResult[]): Promise<Table> {
  const rows: Table['rows'] = [];
  // One after the other: samples of all cells together may be gigabytes.
  for (const each of open)
    rows.push([
      findings.label(each.cell.contestant),
      asked(each),
      rateOf(each),
      each.throughputPerS.value,
      await goodput(findings, each),
      percentileMs(each.service, 0.5),
      percentileMs(each.response, 0.5),
      percentileMs(each.service, 0.99),
      percentileMs(each.response, 0.99),
      notAnswered(each),
    ]);
  return {
    title: 'Open loop (ms)',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'asked', numeric: false },
      { name: 'requests/s asked', numeric: true },
      { name: 'answered/s', numeric: true },
      { name: `goodput/s (${LIMIT_MS} ms)`, numeric: true },
      { name: 'service p50', numeric: true },
      { name: 'response p50', numeric: true },
      { name: 'service p99', numeric: true },
      { name: 'response p99', numeric: true },
      { name: 'not answered', numeric: true },
    ],
    rows,
    note: `An empty percentile means that too few samples certify it (method rule 9). Goodput: right answers per second within ${LIMIT_MS} ms of the intended instant, mean of the trials; answers that came just after the end of a trial count in it and not in answered/s.`,
  };
}

/** Of the trials that the cell's other figures are made of: the valid ones, or all when none is. */
async function goodput(findings: Findings, { cell, trials }: CellResult): Promise<number | null> {
  const valid = new Set(trials.flatMap((trial) => (trial.valid ? [trial.id] : [])));
  const used = findings.trials.filter((trial) => trial.cell === cell.id && (valid.size === 0 || valid.has(trial.id)));
  let sum = 0;
  for (const trial of used) sum += goodputPerS(await findings.samples(trial), trial.durationMs, LIMIT_MS);
  return used.length === 0 ? null : sum / used.length;
}
