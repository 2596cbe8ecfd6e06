import type { Cell, Condition, OwnModel, Profile } from '../record/index.js';

/** A slice holds so many requests, where the time for a cell allows it. */
const ENOUGH_REQUESTS = 20;
/** And never fewer than certify a median (method rule 9: 11), and one that the window may cut. */
const LEAST_REQUESTS = 12;
const LEAST_BLOCKS = 4;
/** All slices of a cell together; a slow model gets fewer and longer ones. */
const CELL_MS: Readonly<Record<Profile, number>> = { quick: 30_000, standard: 40_000, thorough: 300_000 };
/** A request waits for those before it, on a server that takes one at a time, and some more. */
const PATIENCE = 4;

type Effort = Pick<Cell, 'trials' | 'warmupMs' | 'durationMs'>;

/** Milliseconds of a prediction of so many instances. */
export function predictionMs({ predictionMs: { one, more } }: OwnModel, batch: number): number {
  return one + more * (batch - 1);
}

/** The slices of a cell for a model whose predictions take as long as these: 20 requests in each, as far as time allows. */
export function effortFor(
  own: OwnModel,
  condition: Condition,
  profile: Profile,
  { decides, ...planned }: Effort & Pick<Cell, 'decides'>,
): Effort {
  const { loop, network } = condition;
  const requestMs =
    loop.kind === 'closed' ? predictionMs(own, condition.batch) + (network?.rttMs ?? 0) : 1000 / loop.ratePerS;
  const enoughMs = ENOUGH_REQUESTS * requestMs;
  if (enoughMs <= planned.durationMs) return planned;
  const mostMs = CELL_MS[profile];
  const trials = decides
    ? Math.min(planned.trials, Math.max(LEAST_BLOCKS, Math.floor(mostMs / enoughMs)))
    : planned.trials;
  const shareMs = Math.max(mostMs / (decides ? trials : 2 * trials), decides ? LEAST_REQUESTS * requestMs : 0);
  return { ...planned, trials, durationMs: Math.round(Math.max(planned.durationMs, Math.min(enoughMs, shareMs))) };
}

/** After how long a request is given up. */
export function timeoutFor(own: OwnModel, { loop, batch }: Condition, usualMs: number): number {
  const clients = loop.kind === 'closed' ? loop.concurrency : 1;
  return Math.max(usualMs, Math.round(PATIENCE * clients * predictionMs(own, batch)));
}
