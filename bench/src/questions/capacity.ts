import type { Findings } from '../judge/findings.js';
import { judgePairs } from '../judge/judge-ratio-of.js';
import { capacitySchema, type Capacity } from '../observations/capacity/record.js';
import type { Table } from '../record/index.js';
import { notTested, type Judgement } from './claim.js';
import { question, type Told } from './define.js';
import { observedBars, observedTable } from './observed-table.js';
import { inProcess } from './subject.js';
import { formatMs } from '../words/number.js';

export const capacity = question({
  id: 'capacity',
  title: 'Large numbers of requests',
  asks: 'What is the highest rate at which 99% of users wait no more than 50 ms, and what happens at twice that rate?',
  expects:
    'Below saturation all hold the limit; above it a queue grows without bound, and what differs is whether requests fail, wait or time out, and how soon it is over.',
  means:
    'Plan for the rate at which the limit holds, not for the highest throughput: beyond it every user waits in the same queue.',
  claims: [
    {
      id: 'capacity-serving',
      sentence: 'TensorFlow Serving holds a latency limit at a higher rate of requests than a Flask-style server.',
      about: ['direct-rest', 'flask-style'],
      judge,
    },
  ],
  tell,
});

function judge(findings: Findings): Judgement {
  const { data: seen } = capacitySchema.safeParse(findings.study.observations['capacity']);
  const [style, serving] = [inProcess(findings.study), 'direct-rest'].map((id) =>
    seen?.contestants.find(({ contestant }) => contestant === id),
  );
  if (seen === undefined || style === undefined || serving === undefined) return notTested('one side was not observed');
  // Brackets of the two searches: overlapping ones do not tell the contestants apart.
  const apart =
    serving.heldPerS >= (style.failedPerS ?? Infinity)
      ? 'CONFIRMED'
      : style.heldPerS >= (serving.failedPerS ?? Infinity)
        ? 'REFUTED'
        : 'INCONCLUSIVE';
  const condition = `p99 within ${seen.limitMs} ms, Poisson arrivals`;
  const held = `${rateWords(serving)} against ${rateWords(style)}, one search each`;
  const { between } = seen;
  if (between === null) return { verdict: 'INCONCLUSIVE', condition, effects: [], reason: `${held}; not repeated` };
  const compare = (metric: string, tails: typeof between.p99MsByBlock): Judgement =>
    judgePairs(
      tails.map(([ofStyle, ofServing]) => [ofServing, ofStyle]),
      {
        metric,
        contestants: { numerator: serving.contestant, denominator: style.contestant },
        says: 'less',
        condition: `${condition}; compared at ${Math.round(between.ratePerS)} requests per second`,
        seed: findings.study.plan.seeds.order,
      },
    );
  const repeated = compare('p99 response time', between.p99MsByBlock);
  const without = compare('p99 service time', between.serviceP99MsByBlock ?? between.p99MsByBlock);
  const doubt =
    without.verdict === repeated.verdict
      ? repeated.reason
      : `the load generator's own lag may have decided it: by service times it reads ${without.verdict}, not ${repeated.verdict}`;
  const agree = repeated.verdict === apart && without.verdict === apart;
  return {
    ...repeated,
    verdict: agree ? apart : 'INCONCLUSIVE',
    reason: [held, doubt].filter((part) => part !== '').join('; '),
  };
}

function rateWords({ heldPerS }: Pick<Capacity['contestants'][number], 'heldPerS'>): string {
  return heldPerS === 0 ? 'none of the rates that were tried' : `${Math.round(heldPerS)} requests per second`;
}

function tell(findings: Findings): Told {
  const seen = capacitySchema.parse(findings.study.observations['capacity']);
  const { contestants, limitMs, percentile, between } = seen;
  const labels = (ids: readonly string[]): string => ids.map((id) => findings.label(id)).join(' and ');
  return {
    done: `Poisson arrivals; the rate was doubled until p${100 * percentile} of the response time could not be held within ${limitMs} ms with 99% confidence or requests failed, at two looks with other arrivals, then bisected (method rule 12). Then twice the rate found and, in the same schedule, half of it.${between === null ? '' : ` Then ${Math.round(between.ratePerS)} requests per second, between what ${labels(between.contestants)} held, for both in turn.`}`,
    answer: contestants
      .toSorted((a, b) => b.heldPerS - a.heldPerS)
      .map((row) => ({
        text: `${findings.label(row.contestant)} holds the limit ${row.heldPerS === 0 ? 'at' : 'up to'} ${rateWords(row)}.`,
        contestants: [row.contestant],
      })),
    charts: [
      observedBars(
        {
          title: `Highest rate with p${100 * percentile} within ${limitMs} ms`,
          caption: 'One search each: the order of size, without an interval.',
          y: 'requests per second',
        },
        contestants.map(({ contestant, heldPerS }) => ({ contestant, y: heldPerS })),
      ),
    ],
    tables: [held(contestants), steps(contestants), ...(between === null ? [] : [inTurn(between)])],
  };
}

function held(contestants: Capacity['contestants']): Table {
  return observedTable(
    'Capacity and overload',
    contestants,
    [
      ['held (requests/s)', 'number', ({ heldPerS }) => heldPerS],
      ['failed from (requests/s)', 'number', ({ failedPerS }) => failedPerS],
      ['search left at (requests/s)', 'number', ({ leftPerS }) => leftPerS],
      ['answered/s at twice', 'number', ({ overload }) => overload?.answeredPerS ?? null],
      ['failed at twice (%)', 'number', ({ overload }) => (overload === null ? null : 100 * overload.failedShare)],
      ['p50 at twice', 'text', ({ overload }) => orElse(overload, overload?.p50Ms, 'not answered')],
      ['recovered after', 'text', ({ overload }) => orElse(overload, overload?.recoveryMs, 'not within the window')],
    ],
    'A search is left where the generator could not keep up with the rate: what the contestant would do there is not known.',
  );
}

/** A time of an overload; `never` where it had none, `–` where there was no overload. */
function orElse(overload: object | null, ms: number | null | undefined, never: string): string {
  if (overload === null) return '–';
  return ms === null || ms === undefined ? never : formatMs(ms);
}

function steps(contestants: Capacity['contestants']): Table {
  const rows = contestants.flatMap(({ contestant, steps: own }) => own.map((step) => ({ contestant, ...step })));
  return observedTable('Steps of the search', rows, [
    ['requests/s', 'number', ({ ratePerS }) => ratePerS],
    ['held', 'text', ({ held: isHeld }) => (isHeld ? 'yes' : 'no')],
    ['p99 (ms)', 'number', ({ tailMs }) => tailMs],
    ['p99 at most (ms)', 'number', ({ boundMs }) => boundMs],
    ['failed', 'number', ({ failed }) => failed],
    ['n', 'number', ({ n }) => n],
  ]);
}

function inTurn({ ratePerS, contestants, p99MsByBlock }: NonNullable<Capacity['between']>): Table {
  const rows = contestants.flatMap((contestant, at) =>
    p99MsByBlock.map((tails, block) => ({ contestant, block, tailMs: tails[at] ?? null })),
  );
  return observedTable(
    `The same arrivals for both, ${Math.round(ratePerS)} requests per second`,
    rows,
    [
      ['block', 'number', ({ block }) => block + 1],
      ['p99 (ms)', 'number', ({ tailMs }) => tailMs],
    ],
    'Blocks in which the generator could not keep up for either of them are left out.',
  );
}
