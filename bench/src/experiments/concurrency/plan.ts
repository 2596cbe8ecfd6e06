import type { Cell, Loop, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL, EFFORT } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

interface Level {
  readonly loop: Loop;
  /** Only these; absent: all that are no variants. */
  readonly only?: readonly string[];
  /** Contestants between which a claim is decided here: they get the profile's pairs of trials, the others two for the curve. */
  readonly deciding: readonly string[];
}

const CLOSED: Readonly<Record<Profile, readonly number[]>> = {
  quick: [2, 4, 8, 16, 32],
  standard: [8, 32, 128],
  thorough: [2, 4, 8, 16, 32, 64, 128],
};
/** Low enough for every contestant on two cores, so that the open loop compares waiting, not overload. */
const COMMON_RATE_PER_S = 200;
/** Rates that pass the saturation point of one contestant after the other. */
const RATES: Readonly<Record<Profile, readonly number[]>> = {
  quick: [],
  standard: [1500],
  thorough: [500, 1000, 1500, 2000, 3000, 4000],
};
/** In the standard profile overload is shown for the two subjects and the server behind one of them. */
const OVERLOADED = ['flask-style', 'proxy-grpc', 'direct-rest'];
const DECIDING_CONCURRENCY = 8;
const DECIDING_CLOSED = ['flask-style', 'flask-control', 'proxy-grpc', 'proxy-rest', 'direct-rest'];

/**
 * Who waits how long at the same rate is decided where a request takes long enough for the generator's own lag not to
 * matter (method rule 5: 5% of the median): sixteen images for the deepest of the committed models, at a rate that leaves
 * every server idle half of the time.
 */
export const WAITING = { model: 'cnn-d16', batch: 16, ratePerS: 25 } as const;
const WAITING_CONTESTANTS = ['flask-style', 'direct-rest'];
const WAITING_TRIALS: Readonly<Record<Profile, number>> = { quick: 5, standard: 6, thorough: 20 };
/** The 64 requests that certify p90 in each trial (method rule 9), and some more since arrivals are random. */
const WAITING_MS = 3100;

/** How latency and throughput change with the number of clients, and with the rate at which requests come. */
export const concurrency: Experiment = {
  id: 'concurrency',
  profiles: ['quick', 'standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: (context) => [
    ...levels(context.profile).flatMap((level) => cellsAt(level, context)),
    ...waitingCells(context),
  ],
};

function waitingCells({ profile, contestants, models }: PlanContext): Cell[] {
  const model = models.get(WAITING.model);
  if (model === undefined) return [];
  return contestants
    .filter(({ id }) => WAITING_CONTESTANTS.includes(id))
    .map((contestant) =>
      cell({
        experiment: 'concurrency',
        contestant,
        loop: { kind: 'open', arrivals: 'poisson', ratePerS: WAITING.ratePerS },
        model: model.name,
        modelVersion: model.version,
        batch: WAITING.batch,
        trials: WAITING_TRIALS[profile],
        warmupMs: EFFORT[profile].warmupMs,
        durationMs: WAITING_MS,
      }),
    );
}

function levels(profile: Profile): Level[] {
  const poisson = (ratePerS: number): Loop => ({ kind: 'open', arrivals: 'poisson', ratePerS });
  return [
    ...CLOSED[profile].map((concurrency): Level => ({
      loop: { kind: 'closed', concurrency },
      deciding: concurrency === DECIDING_CONCURRENCY ? DECIDING_CLOSED : [],
    })),
    { loop: poisson(COMMON_RATE_PER_S), deciding: [] },
    ...RATES[profile].map((ratePerS): Level => ({
      loop: poisson(ratePerS),
      deciding: [],
      ...(profile === 'thorough' ? {} : { only: OVERLOADED }),
    })),
  ];
}

function cellsAt({ loop, deciding, only }: Level, { profile, contestants, models }: PlanContext): Cell[] {
  const { pairs, durationMs, warmupMs } = EFFORT[profile];
  return contestants
    .filter(({ role, protocol }) => role !== 'variant' && (loop.kind === 'closed' || protocol !== 'in-process'))
    .filter(({ id }) => only?.includes(id) ?? true)
    .map((contestant) =>
      cell({
        experiment: 'concurrency',
        contestant,
        loop,
        model: DEFAULT_MODEL,
        modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
        trials: deciding.includes(contestant.id) ? pairs : 2,
        warmupMs,
        // At a low rate it takes longer until the tail is certified (method rule 9).
        durationMs: loop.kind === 'open' && loop.ratePerS < 1000 ? durationMs * 2 : durationMs,
        // Beyond the common rate an open loop may pass what a server bears, and failures are what is looked for.
        errorLimit: loop.kind === 'open' && loop.ratePerS > COMMON_RATE_PER_S ? 1 : 0.001,
      }),
    );
}
