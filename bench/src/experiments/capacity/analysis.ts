import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import { milliseconds } from '../../analysis/series.js';
import type { NamedTable as Table } from '../../analysis/told.js';
import { capacitySchema, type Capacity } from './observation.js';

export const capacityAnalysis: ExperimentAnalysis = {
  id: 'capacity',
  title: 'Large numbers of requests',
  question:
    'What is the highest rate at which 99% of users wait no more than 50 ms, and what happens at twice that rate?',
  hypothesis:
    'Below saturation all hold the limit; above it a queue grows without bound, and what differs is whether requests fail, wait or time out, and how soon it is over.',
  analyse: (findings) => {
    const seen = capacitySchema.parse(findings.study.observations['capacity']);
    const { contestants, limitMs, percentile, between } = seen;
    const best = [...contestants].sort((a, b) => b.heldPerS - a.heldPerS)[0];
    return {
      done: `Poisson arrivals; the rate was doubled until p${100 * percentile} of the response time could not be held within ${limitMs} ms with 99% confidence or requests failed, at two looks with other arrivals, then bisected (method rule 12). Then twice the rate found and, in the same schedule, half of it.${between === null ? '' : ` Then ${Math.round(between.ratePerS)} requests per second, between what ${labelsOf(seen, between.contestants).join(' and ')} held, for both in turn.`}`,
      answer:
        best === undefined
          ? 'Nothing was found.'
          : `${best.label} holds the limit up to ${Math.round(best.heldPerS)} requests per second; ${contestants
              .filter((each) => each !== best)
              .map((each) => `${each.label} up to ${Math.round(each.heldPerS)}`)
              .join(', ')}.`,
      meaning:
        'Plan for the rate at which the limit holds, not for the highest throughput: beyond it every user waits in the same queue.',
      charts: [
        {
          kind: 'bars',
          title: `Highest rate with p${100 * percentile} within ${limitMs} ms`,
          caption: 'One search each: the order of size, without an interval.',
          x: 'contestant',
          y: 'requests per second',
          stacked: false,
          points: contestants.map((each) => ({ series: 'held', x: each.label, y: each.heldPerS })),
        },
      ],
      tables: [held(contestants), steps(contestants), ...(between === null ? [] : [inTurn(seen, between)])],
    };
  },
};

function held(contestants: Capacity['contestants']): Table {
  return {
    title: 'Capacity and overload',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'held (requests/s)', numeric: true },
      { name: 'failed from (requests/s)', numeric: true },
      { name: 'search left at (requests/s)', numeric: true },
      { name: 'answered/s at twice', numeric: true },
      { name: 'failed at twice (%)', numeric: true },
      { name: 'p50 at twice', numeric: false },
      { name: 'recovered after', numeric: false },
    ],
    rows: contestants.map(({ label, heldPerS, failedPerS, leftPerS, overload }) => [
      label,
      heldPerS,
      failedPerS,
      leftPerS,
      overload?.answeredPerS ?? null,
      overload === null ? null : 100 * overload.failedShare,
      overload === null ? '–' : overload.p50Ms === null ? 'not answered' : milliseconds(overload.p50Ms),
      overload === null
        ? '–'
        : overload.recoveryMs === null
          ? 'not within the window'
          : milliseconds(overload.recoveryMs),
    ]),
    note: 'A search is left where the generator could not keep up with the rate: what the contestant would do there is not known.',
  };
}

function steps(contestants: Capacity['contestants']): Table {
  return {
    title: 'Steps of the search',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'requests/s', numeric: true },
      { name: 'held', numeric: false },
      { name: 'p99 (ms)', numeric: true },
      { name: 'p99 at most (ms)', numeric: true },
      { name: 'failed', numeric: true },
      { name: 'n', numeric: true },
    ],
    rows: contestants.flatMap(({ label, steps: own }) =>
      own.map((step) => [
        label,
        step.ratePerS,
        step.held ? 'yes' : 'no',
        step.tailMs,
        step.boundMs,
        step.failed,
        step.n,
      ]),
    ),
  };
}

function labelsOf({ contestants }: Capacity, ids: readonly string[]): string[] {
  return ids.map((id) => contestants.find(({ contestant }) => contestant === id)?.label ?? id);
}

function inTurn(seen: Capacity, { ratePerS, contestants, p99MsByBlock }: NonNullable<Capacity['between']>): Table {
  return {
    title: `The same arrivals for both, ${Math.round(ratePerS)} requests per second`,
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'block', numeric: true },
      { name: 'p99 (ms)', numeric: true },
    ],
    rows: labelsOf(seen, contestants).flatMap((label, at) =>
      p99MsByBlock.map((tails, block) => [label, block + 1, tails[at] ?? null]),
    ),
    note: 'Blocks in which the generator could not keep up for either of them are left out.',
  };
}
