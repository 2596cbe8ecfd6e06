import type { Condition, OwnModel } from '../record/index.js';
import type { Claim } from './claim.js';
import type { Question } from './define.js';
import { requestMs } from './own-effort.js';
import { inProcess, rateFor, subjectOf } from './subject.js';
import type { Where } from './where.js';

/** Slower predictions, in ms, leave little room within capacity's limit of 50 ms, and a search would take half an hour. */
const QUICK_ENOUGH_MS = 10;
/** Beside sixteen clients a health check waits for as many predictions: within its own time limit. */
const HEALTH_MS = 250;
/** The rate of hot-update for models of any speed, and the one at which it still counts enough requests. */
const [UPDATE_PER_S, LEAST_PER_S] = [200, 4];

/** Why a question cannot be asked of the user's own model; undefined when it can. */
export function whyNotOfOwn(question: string, own: OwnModel): string | undefined {
  const takes = `one prediction of ${own.name} takes ${Number(own.predictionMs.one.toPrecision(2))} ms`;
  switch (question) {
    case 'complexity':
      return 'it compares models of different size, and this study has one: your own';
    case 'optimised':
      return "it compares variants of this project's models: make one of yours and study it the same way";
    case 'batch':
      return own.notBatchable;
    case 'capacity':
      return own.predictionMs.one <= QUICK_ENOUGH_MS
        ? undefined
        : `${takes}: the rate at which 99% of users wait up to 50 ms is near to none, and takes long to find`;
    case 'default-concurrency':
      return own.predictionMs.one <= HEALTH_MS
        ? undefined
        : `${takes}: a health check behind 16 clients outlasts its time limit`;
    case 'hot-update':
      return rateFor(subjectOf(own), UPDATE_PER_S) >= LEAST_PER_S
        ? undefined
        : `${takes}: too few requests would meet the update`;
    default:
      return undefined;
  }
}

/** Longest request of several instances: whoever sends them one by one gets the first answers sooner. */
const LONGEST_BATCH_MS = 5000;

/** Why such requests are not sent to the user's own model; undefined when they are. */
export function whyNotSent(
  own: OwnModel,
  request: Pick<Condition, 'batch' | 'payload' | 'network'>,
): string | undefined {
  const { batch, payload } = request;
  if (!own.payloads.includes(payload))
    return payload === 'json' ? 'JSON cannot carry its inputs' : `its inputs have no form ${payload}`;
  if (batch === 1) return undefined;
  if (own.notBatchable !== undefined) return own.notBatchable;
  const ms = requestMs(own, request);
  return ms <= LONGEST_BATCH_MS ? undefined : `${batch} instances in one request take ${(ms / 1000).toPrecision(2)} s`;
}

/** The id itself, but for the Flask style where another server stands for it. */
export function forStyle(id: string, style: string): string {
  return id === 'flask-style' ? style : id;
}

/** A question with its claims about the server that stands for the Flask style. */
export function ofStyle(question: Question, own: OwnModel | undefined): Question {
  const style = inProcess({ own });
  if (style === 'flask-style') return question;
  const instead = (where: Where): Where => {
    const id = where['contestant'];
    return typeof id === 'string' ? { ...where, contestant: forStyle(id, style) } : where;
  };
  const claims = question.claims.map((claim): Claim =>
    'about' in claim ? claim : { ...claim, of: instead(claim.of), over: instead(claim.over) },
  );
  // Who stands for the Flask style is not compared with itself.
  return {
    ...question,
    claims: claims.filter((claim) => 'about' in claim || claim.of['contestant'] !== claim.over['contestant']),
  };
}
