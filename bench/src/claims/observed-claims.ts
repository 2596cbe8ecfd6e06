import type { Findings } from '../analysis/findings.js';
import { capacitySchema } from '../experiments/capacity/observation.js';
import { healthSchema } from '../experiments/default-concurrency/observation.js';
import { hotUpdateSchema, type HotUpdate } from '../experiments/hot-update/observation.js';
import { notTested, type Claim, type Judgement } from './claim.js';

function update(findings: Findings, contestant: string): HotUpdate['updates'][number] | undefined {
  const seen = hotUpdateSchema.safeParse(findings.study.observations['hot-update']);
  return seen.success ? seen.data.updates.find((each) => each.contestant === contestant) : undefined;
}

function withoutFailures(findings: Findings, contestant: string): Judgement {
  const seen = update(findings, contestant);
  if (seen === undefined) return notTested(findings.notTested('hot-update') ?? 'the update was not observed');
  const { requests, failed, mixed } = seen;
  return {
    verdict: failed + mixed === 0 && seen.firstNewAtS !== null ? 'CONFIRMED' : 'REFUTED',
    condition: 'version 2 published under 100 requests per second, observed once',
    reason: `${failed} of ${requests} requests failed, ${mixed} answers were of neither version${seen.firstNewAtS === null ? ', the new version never answered' : ''}`,
    effects: [],
  };
}

export const observedClaims: readonly Claim[] = [
  {
    id: 'hot-update-serving',
    sentence: 'TensorFlow Serving changes to a new model version without failing a request.',
    experiment: 'hot-update',
    aboutTensorFlowServing: true,
    judge: (findings) => withoutFailures(findings, 'direct-rest'),
  },
  {
    id: 'hot-update-restart-fails',
    sentence: 'Deploying a new model in the Flask style means a restart, and a restart fails requests.',
    experiment: 'hot-update',
    aboutTensorFlowServing: false,
    judge: (findings) => {
      const judged = withoutFailures(findings, 'flask-style');
      if (judged.verdict === 'NOT TESTED') return judged;
      return { ...judged, verdict: judged.verdict === 'CONFIRMED' ? 'REFUTED' : 'CONFIRMED' };
    },
  },
  {
    id: 'hot-update-by-hand',
    sentence: 'A reload written by hand changes to a new version without failing a request.',
    experiment: 'hot-update',
    aboutTensorFlowServing: false,
    judge: (findings) => withoutFailures(findings, 'flask-reload'),
  },
  {
    id: 'health-check-waits',
    sentence: 'Under load, health checks of a Flask-style server wait longer than those of TensorFlow Serving.',
    experiment: 'default-concurrency',
    aboutTensorFlowServing: true,
    judge: (findings) => {
      const seen = healthSchema.safeParse(findings.study.observations['default-concurrency']);
      const busy = seen.success ? seen.data.filter(({ clients }) => clients > 1) : [];
      const [style, serving] = ['flask-style', 'direct-rest'].map((id) =>
        busy.find(({ contestant }) => contestant === id),
      );
      const [own, others] = [style?.healthP50Ms ?? null, serving?.healthP50Ms ?? null];
      if (style === undefined || own === null || others === null) return notTested('one side was not observed');
      return {
        verdict: own > others ? 'CONFIRMED' : 'REFUTED',
        condition: `${style.clients} busy clients, observed once`,
        reason: `median ${own.toPrecision(3)} ms against ${others.toPrecision(3)} ms`,
        effects: [],
      };
    },
  },
  {
    id: 'capacity-serving',
    sentence: 'TensorFlow Serving holds a latency limit at a higher rate of requests than a Flask-style server.',
    experiment: 'capacity',
    aboutTensorFlowServing: true,
    judge: (findings) => {
      const seen = capacitySchema.safeParse(findings.study.observations['capacity']);
      const rows = seen.success ? seen.data.contestants : [];
      const [style, serving] = ['flask-style', 'direct-rest'].map((id) =>
        rows.find(({ contestant }) => contestant === id),
      );
      if (style === undefined || serving === undefined || !seen.success) return notTested('one side was not observed');
      // Brackets of the two searches: overlapping ones do not tell the contestants apart.
      const apart =
        serving.heldPerS >= (style.failedPerS ?? Infinity)
          ? 'CONFIRMED'
          : style.heldPerS >= (serving.failedPerS ?? Infinity)
            ? 'REFUTED'
            : 'INCONCLUSIVE';
      return {
        verdict: apart,
        condition: `p99 within ${seen.data.limitMs} ms, Poisson arrivals, one search each`,
        reason: `${Math.round(serving.heldPerS)} requests per second against ${Math.round(style.heldPerS)}`,
        effects: [],
      };
    },
  },
];
