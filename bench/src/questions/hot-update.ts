import type { Findings } from '../judge/findings.js';
import { hotUpdateSchema, type HotUpdate } from '../observations/hot-update/record.js';
import type { Chart, Table } from '../record/index.js';
import { notTested, type Judgement } from './claim.js';
import { question, type Told } from './define.js';
import { observedTable } from './observed-table.js';

/** "Without failing a request" needs this much at least to be said. */
const SHARE_THAT_MAY_FAIL = 0.01;

type Update = HotUpdate['updates'][number];

export const hotUpdate = question({
  id: 'hot-update',
  title: 'A new version under load',
  asks: 'What do clients notice when a new version of the model is deployed while they are asking?',
  expects:
    'TensorFlow Serving loads beside the old version and switches: nothing fails. A restart refuses requests for as long as the model loads; a rolling restart and a hand-written reload lie between.',
  means:
    'Whoever deploys models often needs a switch without failures: either a server that has it, or the lines and the tests for it.',
  missing: ({ models, subject }) =>
    subject.own !== undefined || (models.get(subject.model)?.version ?? 0) >= 2
      ? undefined
      : `two versions of ${subject.model} are needed`,
  claims: [
    {
      id: 'hot-update-serving',
      sentence: 'TensorFlow Serving changes to a new model version without failing a request.',
      about: ['direct-rest'],
      judge: (findings) => withoutFailures(findings, 'direct-rest'),
    },
    {
      id: 'hot-update-restart-fails',
      sentence: 'Deploying a new model in the Flask style means a restart, and a restart fails requests.',
      about: ['flask-style'],
      judge: (findings) => {
        const judged = withoutFailures(findings, 'flask-style');
        if (judged.verdict === 'CONFIRMED') return { ...judged, verdict: 'REFUTED' };
        return judged.verdict === 'REFUTED' ? { ...judged, verdict: 'CONFIRMED' } : judged;
      },
    },
    {
      id: 'hot-update-by-hand',
      sentence: 'A reload written by hand changes to a new version without failing a request.',
      about: ['flask-reload'],
      judge: (findings) => withoutFailures(findings, 'flask-reload'),
    },
  ],
  tell,
});

function withoutFailures(findings: Findings, contestant: string): Judgement {
  const { data: seen } = hotUpdateSchema.safeParse(findings.study.observations['hot-update']);
  const update = seen?.updates.find((each) => each.contestant === contestant);
  if (seen === undefined || update === undefined) {
    const left = seen?.leftOut.find((each) => each.contestant === contestant);
    return notTested(left?.reason ?? 'the update was not observed');
  }
  const { requests, requestsDuring, failedBefore, failed, mixed, firstNewAtS } = update;
  const most = mostThatMayFail(requestsDuring);
  const enough = firstNewAtS !== null && most <= SHARE_THAT_MAY_FAIL;
  return {
    verdict: failedBefore > 0 ? 'INCONCLUSIVE' : failed + mixed > 0 ? 'REFUTED' : enough ? 'CONFIRMED' : 'INCONCLUSIVE',
    condition: `a new version published under ${seen.ratePerS} requests per second, observed once`,
    reason: [
      ...(failedBefore > 0 ? [`${failedBefore} requests failed before there was anything to change`] : []),
      `${failed} of ${requests} requests failed, ${mixed} answers were of neither version`,
      ...(firstNewAtS === null ? ['the new version never answered'] : []),
      ...(failed + mixed === 0
        ? [
            `of requests during a change at most ${(100 * most).toPrecision(2)}% fail, with 95% confidence if they fail one by one`,
          ]
        : []),
    ].join('; '),
    effects: [],
  };
}

/** Upper end of the 95% interval of a share of which none was seen in n (Clopper and Pearson 1934, one-sided): 1 - 0.05^(1/n). */
function mostThatMayFail(n: number): number {
  return 1 - 0.05 ** (1 / n);
}

function tell(findings: Findings): Told {
  const seen = hotUpdateSchema.parse(findings.study.observations['hot-update']);
  return {
    done: `${seen.ratePerS} requests per second without pause; the new version was published ${seen.publishedAtS} s after the start. Every answer was compared with both versions' predictions and with the version it claimed.`,
    answer: [
      ...seen.updates.map((update) => ({ text: sentence(findings, update), contestants: [update.contestant] })),
      ...seen.leftOut.map(({ contestant, reason }) => ({
        text: `${findings.label(contestant)} was not observed: ${reason}.`,
        contestants: [contestant],
      })),
    ],
    charts: seen.updates.map((update) => timeline(findings, update, seen)),
    tables: [table(seen)],
  };
}

function sentence(findings: Findings, update: Update): string {
  const { contestant, way, failedBefore, failed, mixed, requests, firstNewAtS } = update;
  return `${findings.label(contestant)} (${way}): ${[
    failed === 0 ? 'no request failed' : `${failed} of ${requests} requests failed`,
    ...(failedBefore === 0 ? [] : [`${failedBefore} had failed before the update`]),
    ...(mixed === 0 ? [] : [`${mixed} answers were of neither version`]),
    ...(firstNewAtS === null ? ['the new version never answered'] : []),
  ].join(', ')}.`;
}

function timeline(findings: Findings, update: Update, { publishedAtS }: HotUpdate): Chart {
  const { contestant, way, timeline: bins, firstNewAtS } = update;
  return {
    kind: 'timeline',
    title: `${findings.label(contestant)}: ${way}`,
    caption: 'Slowest answer and failures in each quarter of a second.',
    y: 'response time (ms), failures (count)',
    points: bins.flatMap(({ atS, maxMs, failed }) => [
      { contestant, variant: 'slowest answer (ms)', atS, y: maxMs },
      { contestant, variant: 'failed requests', atS, y: failed },
    ]),
    events: [
      { atS: publishedAtS, label: 'new version published' },
      ...(firstNewAtS === null ? [] : [{ atS: firstNewAtS, label: 'first answer of the new version' }]),
    ],
  };
}

function table({ updates, publishedAtS }: HotUpdate): Table {
  return observedTable(
    'Requests during the update',
    updates,
    [
      ['way', 'text', ({ way }) => way],
      ['requests', 'number', ({ requests }) => requests],
      ['failed before', 'number', ({ failedBefore }) => failedBefore],
      ['failed', 'number', ({ failed }) => failed],
      ['mixed up', 'number', ({ mixed }) => mixed],
      ['stale', 'number', ({ stale }) => stale],
      ['slow', 'number', ({ slow }) => slow],
      [
        'new version after (s)',
        'number',
        ({ firstNewAtS }) => (firstNewAtS === null ? null : firstNewAtS - publishedAtS),
      ],
      ['p99 before (ms)', 'number', ({ p99Ms }) => p99Ms.before],
      ['p99 during (ms)', 'number', ({ p99Ms }) => p99Ms.during],
      ['p99 after (ms)', 'number', ({ p99Ms }) => p99Ms.after],
      ['memory before (MB)', 'number', ({ memoryMb }) => memoryMb.before],
      ['memory peak (MB)', 'number', ({ memoryMb }) => memoryMb.peak],
    ],
    'Percentiles are of all requests: an empty one is among those that failed. Stale: answered by the old version after the new one had answered. Slow: over ten times the median before. The memory of a restarted process is that of the first one.',
  );
}
