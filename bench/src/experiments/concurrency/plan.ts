import type { Cell, Loop, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL, EFFORT } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

interface Level {
  readonly loop: Loop;
  /** Whether a claim is decided here: such a level gets the profile's pairs of trials, the others two for the curve. */
  readonly decides: boolean;
}

const CLOSED: Readonly<Record<Profile, readonly number[]>> = {
  quick: [2, 4, 8, 16, 32],
  standard: [2, 4, 8, 16, 32, 64],
  thorough: [2, 4, 8, 16, 32, 64, 128],
};
/** Low enough for every contestant on two cores, so that the open loop compares waiting, not overload. */
export const COMMON_RATE_PER_S = 200;
/** Rates that pass the saturation point of one contestant after the other. */
const RATES: Readonly<Record<Profile, readonly number[]>> = {
  quick: [],
  standard: [1500],
  thorough: [500, 1000, 1500, 2000, 3000, 4000],
};
const DECIDING_CONCURRENCY = 8;

/** How latency and throughput change with the number of clients, and with the rate at which requests come. */
export const concurrency: Experiment = {
  id: 'concurrency',
  profiles: ['quick', 'standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: (context) => levels(context.profile).flatMap((level) => cellsAt(level, context)),
};

function levels(profile: Profile): Level[] {
  return [
    ...CLOSED[profile].map((concurrency): Level => ({
      loop: { kind: 'closed', concurrency },
      decides: concurrency === DECIDING_CONCURRENCY,
    })),
    { loop: { kind: 'open', arrivals: 'poisson', ratePerS: COMMON_RATE_PER_S }, decides: true },
    ...RATES[profile].map((ratePerS): Level => ({
      loop: { kind: 'open', arrivals: 'poisson', ratePerS },
      decides: false,
    })),
  ];
}

function cellsAt({ loop, decides }: Level, { profile, contestants, models }: PlanContext): Cell[] {
  const { pairs, durationMs, warmupMs } = EFFORT[profile];
  return contestants
    .filter(({ role, protocol }) => role !== 'variant' && (loop.kind === 'closed' || protocol !== 'in-process'))
    .map((contestant) =>
      cell({
        experiment: 'concurrency',
        contestant,
        loop,
        model: DEFAULT_MODEL,
        modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
        trials: decides ? pairs : 2,
        warmupMs,
        // An open loop brings fewer requests: it takes longer until the tail is certified (method rule 9).
        durationMs: loop.kind === 'open' ? durationMs * 1.5 : durationMs,
        errorLimit: loop.kind === 'open' && !decides ? 1 : 0.001,
      }),
    );
}
