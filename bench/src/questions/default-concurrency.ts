import type { Findings } from '../judge/findings.js';
import { judgePairs } from '../judge/judge-ratio-of.js';
import { healthSchema } from '../observations/default-concurrency/record.js';
import { notTested } from './claim.js';
import { question, type Told } from './define.js';
import { observedBars, observedTable } from './observed-table.js';
import { inProcess } from './subject.js';
import { counted, formatCertified } from '../words/number.js';

export const defaultConcurrency = question({
  id: 'default-concurrency',
  title: 'Busy servers and their health checks',
  asks: 'As they come, without tuning: how long does a health check wait while clients keep the server busy?',
  expects:
    'Where inference blocks the thread that answers HTTP, a health check waits behind every prediction in the queue, and an orchestrator may take the server for dead.',
  means:
    'Give health checks a timeout that fits the queue, not the idle server; or keep inference off the thread that answers them.',
  claims: [
    {
      id: 'health-check-waits',
      sentence: 'Under load, health checks of a Flask-style server wait longer than those of TensorFlow Serving.',
      about: ['flask-style', 'direct-rest'],
      judge: (findings) => {
        const { data: rows = [] } = healthSchema.safeParse(findings.study.observations['default-concurrency']);
        const [style, serving] = [inProcess(findings.study), 'direct-rest'].map((id) =>
          rows.find(({ contestant, clients }) => contestant === id && clients > 1),
        );
        if (style === undefined || serving === undefined) return notTested('one side was not observed');
        return judgePairs(
          style.healthP50MsByBlock.map((own, block) => [own, serving.healthP50MsByBlock[block] ?? null]),
          {
            metric: 'p50 health check',
            contestants: { numerator: style.contestant, denominator: serving.contestant },
            says: 'more',
            condition: `${style.clients} busy clients`,
            seed: findings.study.plan.seeds.order,
          },
        );
      },
    },
  ],
  tell,
});

function tell(findings: Findings): Told {
  const rows = healthSchema.parse(findings.study.observations['default-concurrency']);
  const busy = rows.filter(({ clients }) => clients > 1);
  const [first] = busy;
  return {
    done: `Closed loops of ${[...new Set(rows.map(({ clients }) => clients))].join(' and ')} clients; beside them the model's status was asked for twenty times a second. Contestants took turns, in ${first?.healthP50MsByBlock.length ?? 0} blocks with ${first?.clients ?? 0} clients.`,
    answer: busy.map(({ contestant, clients, healthP50Ms, healthMaxMs }) => ({
      text: `Under ${clients} clients a health check of ${findings.label(contestant)} waits ${formatCertified(healthP50Ms)} at the median, ${formatCertified(healthMaxMs)} at most.`,
      contestants: [contestant],
    })),
    charts: [
      observedBars(
        {
          title: 'Health check while clients are busy',
          caption: 'Median; the longest is in the table.',
          y: 'health check (ms)',
        },
        rows.flatMap(({ contestant, clients, healthP50Ms: y }) =>
          y === null ? [] : [{ contestant, variant: counted(clients, 'client'), y }],
        ),
      ),
    ],
    tables: [
      observedTable('Predictions and health checks', rows, [
        ['clients', 'number', ({ clients }) => clients],
        ['answers per second', 'number', ({ answeredPerS }) => answeredPerS],
        ['predict p50 (ms)', 'number', ({ predictP50Ms }) => predictP50Ms],
        ['predict p99 (ms)', 'number', ({ predictP99Ms }) => predictP99Ms],
        ['health p50 (ms)', 'number', ({ healthP50Ms }) => healthP50Ms],
        ['health longest (ms)', 'number', ({ healthMaxMs }) => healthMaxMs],
        ['health failed', 'number', ({ healthFailed }) => healthFailed],
      ]),
    ],
  };
}
