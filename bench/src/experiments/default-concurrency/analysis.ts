import type { ExperimentAnalysis } from '../../analysis/experiment-analysis.js';
import { milliseconds } from '../../analysis/series.js';
import { healthSchema } from './observation.js';

export const defaultConcurrencyAnalysis: ExperimentAnalysis = {
  id: 'default-concurrency',
  title: 'Busy servers and their health checks',
  question: 'As they come, without tuning: how long does a health check wait while clients keep the server busy?',
  hypothesis:
    'Where inference blocks the thread that answers HTTP, a health check waits behind every prediction in the queue, and an orchestrator may take the server for dead.',
  analyse: (findings) => {
    const rows = healthSchema.parse(findings.study.observations['default-concurrency']);
    const busy = rows.filter(({ clients }) => clients > 1);
    const slowest = [...busy].sort((a, b) => (b.healthP50Ms ?? 0) - (a.healthP50Ms ?? 0))[0];
    return {
      done: `Closed loops of ${[...new Set(rows.map(({ clients }) => clients))].join(' and ')} clients; beside them the model's status was asked for twenty times a second. Contestants took turns, in ${busy[0]?.healthP50MsByBlock.length ?? 0} blocks with ${busy[0]?.clients ?? 0} clients.`,
      answer:
        slowest === undefined
          ? 'Nothing was measured.'
          : `Under ${slowest.clients} clients a health check of ${slowest.label} waits ${milliseconds(slowest.healthP50Ms)} at the median, ${milliseconds(slowest.healthMaxMs)} at most.`,
      meaning:
        'Give health checks a timeout that fits the queue, not the idle server; or keep inference off the thread that answers them.',
      charts: [
        {
          kind: 'bars',
          title: 'Health check while clients are busy',
          caption: 'Median; the longest is in the table.',
          x: 'contestant',
          y: 'health check (ms)',
          stacked: false,
          points: rows.flatMap(({ label, clients, healthP50Ms }) =>
            healthP50Ms === null
              ? []
              : [{ series: `${clients} client${clients === 1 ? '' : 's'}`, x: label, y: healthP50Ms }],
          ),
        },
      ],
      tables: [
        {
          title: 'Predictions and health checks',
          columns: [
            { name: 'contestant', numeric: false },
            { name: 'clients', numeric: true },
            { name: 'answers per second', numeric: true },
            { name: 'predict p50 (ms)', numeric: true },
            { name: 'predict p99 (ms)', numeric: true },
            { name: 'health p50 (ms)', numeric: true },
            { name: 'health longest (ms)', numeric: true },
            { name: 'health failed', numeric: true },
          ],
          rows: rows.map((each) => [
            each.label,
            each.clients,
            each.answeredPerS,
            each.predictP50Ms,
            each.predictP99Ms,
            each.healthP50Ms,
            each.healthMaxMs,
            each.healthFailed,
          ]),
        },
      ],
    };
  },
};
