import type { Cell, Condition, OwnModel, Profile } from '../record/index.js';

/** A slice holds so many requests, where the time for a cell allows it. */
const ENOUGH_REQUESTS = 20;
/** It never holds fewer than these; nor do the slices of a cell together than certify a median (method rule 9: 11). */
const [LEAST_REQUESTS, LEAST_OF_CELL] = [3, 24];
/** Blocks decide a claim from five on (method rule 8), and come in mirrored pairs. */
const LEAST_BLOCKS = 6;
/** What was under way when a window began is no sample, and some servers answer all clients of a closed loop at the same time. */
const LEAST_TURNS = 1.25;
/** All slices of a cell together; a slow model gets fewer of them, and longer ones. */
const CELL_MS: Readonly<Record<Profile, number>> = { quick: 15_000, standard: 40_000, thorough: 300_000 };
/** A request waits for those before it, on a server that takes one at a time, and some more. */
const PATIENCE = 4;

type Effort = Pick<Cell, 'trials' | 'warmupMs' | 'durationMs'>;
type Request = Pick<Condition, 'batch' | 'payload' | 'network'>;

/** Milliseconds of one request by itself: the prediction, and the way where it is long or narrow. */
export function requestMs(own: OwnModel, { batch, payload, network }: Request): number {
  const { rttMs = 0, bandwidthMbitS = Infinity } = network ?? {};
  const { one, more } = own.predictionMs;
  const { jsonBytes, grpcBytes } = own.requests;
  const bytes = batch * (payload === 'json' ? (jsonBytes ?? 0) : grpcBytes);
  return one + more * (batch - 1) + rttMs + (8 * bytes) / (1000 * bandwidthMbitS);
}

/** Milliseconds until every client of a closed loop has its answer, on a server that takes one request at a time. */
export function turnMs(own: OwnModel, condition: Condition): number {
  const { loop } = condition;
  return (loop.kind === 'closed' ? loop.concurrency : 1) * requestMs(own, condition);
}

/** The slices of a cell for a model whose predictions take as long as these: 20 requests in each, as far as time allows. */
export function effortFor(
  own: OwnModel,
  condition: Condition,
  profile: Profile,
  { decides, ...planned }: Effort & Pick<Cell, 'decides'>,
): Effort {
  const { loop } = condition;
  const turn = turnMs(own, condition);
  const longEnoughFor = (requests: number): number =>
    Math.max(
      requests * (loop.kind === 'closed' ? requestMs(own, condition) : 1000 / loop.ratePerS),
      LEAST_TURNS * turn,
    );
  const enoughMs = longEnoughFor(ENOUGH_REQUESTS);
  if (enoughMs <= planned.durationMs) return planned;
  // A trial ends when all its answers are there: a turn after its window.
  const blocks = Math.max(LEAST_BLOCKS, Math.floor(CELL_MS[profile] / (enoughMs + turn)));
  const trials = decides ? Math.min(planned.trials, blocks) : planned.trials;
  const leastMs = longEnoughFor(Math.max(LEAST_REQUESTS, Math.ceil(LEAST_OF_CELL / trials)));
  const shareMs = Math.min(enoughMs, CELL_MS[profile] / trials - turn);
  return { ...planned, trials, durationMs: Math.round(Math.max(planned.durationMs, leastMs, shareMs)) };
}

/** After how long a request is given up. */
export function timeoutFor(own: OwnModel, condition: Condition, usualMs: number): number {
  return Math.max(usualMs, Math.round(PATIENCE * turnMs(own, condition)));
}
