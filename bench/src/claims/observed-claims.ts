import type { Findings } from '../analysis/findings.js';
import { capacitySchema } from '../experiments/capacity/observation.js';
import { healthSchema } from '../experiments/default-concurrency/observation.js';
import { hotUpdateSchema, type HotUpdate } from '../experiments/hot-update/observation.js';
import { linesByContestant } from '../experiments/work-by-hand/observation.js';
import { notTested, type Claim, type Judgement } from './claim.js';
import { judgePairs } from './compare-claim.js';

type Update = HotUpdate['updates'][number] & Pick<HotUpdate, 'ratePerS'>;

/** How a contestant's update went, or why nobody knows. */
function update(findings: Findings, contestant: string): Update | string {
  const { data: seen } = hotUpdateSchema.safeParse(findings.study.observations['hot-update']);
  const found = seen?.updates.find((each) => each.contestant === contestant);
  if (seen !== undefined && found !== undefined) return { ...found, ratePerS: seen.ratePerS };
  const left = seen?.leftOut.find((each) => each.contestant === contestant);
  return left?.reason ?? findings.notTested('hot-update') ?? 'the update was not observed';
}

/** Upper end of the 95% interval of a share of which none was seen in n (Clopper and Pearson 1934, one-sided): 1 - 0.05^(1/n). */
function mostThatMayFail(n: number): number {
  return 1 - 0.05 ** (1 / n);
}

/** "Without failing a request" needs this much at least to be said. */
const SHARE_THAT_MAY_FAIL = 0.01;

function percent(share: number): string {
  return `${(100 * share).toPrecision(2)}%`;
}

function withoutFailures(findings: Findings, contestant: string): Judgement {
  const seen = update(findings, contestant);
  if (typeof seen === 'string') return notTested(seen);
  const { requests, requestsDuring, failedBefore, failed, mixed, firstNewAtS } = seen;
  const most = mostThatMayFail(requestsDuring);
  const enough = firstNewAtS !== null && most <= SHARE_THAT_MAY_FAIL;
  return {
    verdict: failedBefore > 0 ? 'INCONCLUSIVE' : failed + mixed > 0 ? 'REFUTED' : enough ? 'CONFIRMED' : 'INCONCLUSIVE',
    condition: `version 2 published under ${seen.ratePerS} requests per second, observed once`,
    reason: [
      ...(failedBefore > 0 ? [`${failedBefore} requests failed before there was anything to change`] : []),
      `${failed} of ${requests} requests failed, ${mixed} answers were of neither version`,
      ...(firstNewAtS === null ? ['the new version never answered'] : []),
      ...(failed + mixed === 0
        ? [`of requests during a change at most ${percent(most)} fail, with 95% confidence if they fail one by one`]
        : []),
    ].join('; '),
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
      if (judged.verdict === 'CONFIRMED') return { ...judged, verdict: 'REFUTED' };
      return judged.verdict === 'REFUTED' ? { ...judged, verdict: 'CONFIRMED' } : judged;
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
  {
    id: 'less-code-behind-serving',
    sentence:
      'A proxy in front of TensorFlow Serving takes fewer lines of code than a server that loads the model by hand.',
    experiment: 'work-by-hand',
    aboutTensorFlowServing: false,
    judge: (findings) => {
      const lines = linesByContestant(findings);
      const [byHand, proxy] = [lines.get('flask-style'), lines.get('proxy-rest')];
      if (byHand === undefined || proxy === undefined) return notTested('the lines were not counted');
      return {
        verdict: proxy < byHand ? 'CONFIRMED' : 'REFUTED',
        condition: 'what this project needed for predict, status and metadata; shared plumbing left out on both sides',
        reason: `${proxy} lines for the proxy that passes REST through, ${byHand} for the server by hand, counted`,
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
      const condition = `p99 within ${seen.data.limitMs} ms, Poisson arrivals`;
      const held = `${Math.round(serving.heldPerS)} requests per second against ${Math.round(style.heldPerS)}, one search each`;
      const { between } = seen.data;
      if (between === null) return { verdict: 'INCONCLUSIVE', condition, effects: [], reason: `${held}; not repeated` };
      const repeated = judgePairs(
        between.p99MsByBlock.map(([ofStyle, ofServing]) => [ofServing, ofStyle]),
        {
          metric: 'p99 response time',
          contestants: { numerator: serving.contestant, denominator: style.contestant },
          says: 'less',
          condition: `${condition}; compared at ${Math.round(between.ratePerS)} requests per second`,
          seed: findings.study.plan.seeds.order,
        },
      );
      return {
        ...repeated,
        verdict: repeated.verdict === apart ? apart : 'INCONCLUSIVE',
        reason: [held, repeated.reason].filter((part) => part !== '').join('; '),
      };
    },
  },
];
