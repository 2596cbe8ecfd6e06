import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import type { NamedChart as Chart, NamedTable as Table } from '../../analysis/told.js';
import { hotUpdateSchema, type HotUpdate } from './observation.js';

export const hotUpdateAnalysis: ExperimentAnalysis = {
  id: 'hot-update',
  title: 'A new version under load',
  question: 'What do clients notice when a new version of the model is deployed while they are asking?',
  hypothesis:
    'TensorFlow Serving loads beside the old version and switches: nothing fails. A restart refuses requests for as long as the model loads; a rolling restart and a hand-written reload lie between.',
  analyse: (findings) => {
    const seen = hotUpdateSchema.parse(findings.study.observations['hot-update']);
    return {
      done: `${seen.ratePerS} requests per second without pause; version 2 was published ${seen.publishedAtS} s after the start. Every answer was compared with both versions' predictions and with the version it claimed.`,
      answer: [
        ...seen.updates.map(sentence),
        ...seen.leftOut.map(({ contestant, reason }) => `${findings.label(contestant)} was not observed: ${reason}.`),
      ].join(' '),
      meaning:
        'Whoever deploys models often needs a switch without failures: either a server that has it, or the lines and the tests for it.',
      charts: seen.updates.map((update) => timeline(update, seen)),
      tables: [table(seen)],
    };
  },
};

function sentence(update: HotUpdate['updates'][number]): string {
  const { label, way, failedBefore, failed, mixed, requests, firstNewAtS } = update;
  return `${label} (${way}): ${[
    failed === 0 ? 'no request failed' : `${failed} of ${requests} requests failed`,
    ...(failedBefore === 0 ? [] : [`${failedBefore} had failed before the update`]),
    ...(mixed === 0 ? [] : [`${mixed} answers were of neither version`]),
    ...(firstNewAtS === null ? ['the new version never answered'] : []),
  ].join(', ')}.`;
}

function timeline(update: HotUpdate['updates'][number], { publishedAtS }: HotUpdate): Chart {
  const { label, timeline: bins, firstNewAtS } = update;
  return {
    kind: 'timeline',
    title: `${label}: ${update.way}`,
    caption: 'Slowest answer and failures in each quarter of a second.',
    y: 'response time (ms), failures (count)',
    points: bins.flatMap(({ atS, maxMs, failed }) => [
      { series: 'slowest answer (ms)', atS, y: maxMs },
      { series: 'failed requests', atS, y: failed },
    ]),
    events: [
      { atS: publishedAtS, label: 'version 2 published' },
      ...(firstNewAtS === null ? [] : [{ atS: firstNewAtS, label: 'first answer of version 2' }]),
    ],
  };
}

function table({ updates, publishedAtS }: HotUpdate): Table {
  return {
    title: 'Requests during the update',
    columns: [
      { name: 'contestant', numeric: false },
      { name: 'way', numeric: false },
      { name: 'requests', numeric: true },
      { name: 'failed before', numeric: true },
      { name: 'failed', numeric: true },
      { name: 'mixed up', numeric: true },
      { name: 'stale', numeric: true },
      { name: 'slow', numeric: true },
      { name: 'new version after (s)', numeric: true },
      { name: 'p99 before (ms)', numeric: true },
      { name: 'p99 during (ms)', numeric: true },
      { name: 'p99 after (ms)', numeric: true },
      { name: 'memory before (MB)', numeric: true },
      { name: 'memory peak (MB)', numeric: true },
    ],
    rows: updates.map((each) => [
      each.label,
      each.way,
      each.requests,
      each.failedBefore,
      each.failed,
      each.mixed,
      each.stale,
      each.slow,
      each.firstNewAtS === null ? null : each.firstNewAtS - publishedAtS,
      each.p99Ms.before,
      each.p99Ms.during,
      each.p99Ms.after,
      each.memoryMb.before,
      each.memoryMb.peak,
    ]),
    note: 'Percentiles are of all requests: an empty one is among those that failed. Stale: answered by the old version after the new one had answered. Slow: over ten times the median before. The memory of a restarted process is that of the first one.',
  };
}
