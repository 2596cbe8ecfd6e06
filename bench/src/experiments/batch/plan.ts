import type { Cell, Loop, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

const CLIENT_BATCHES: Readonly<Record<Profile, readonly number[]>> = {
  quick: [1, 8, 64],
  standard: [1, 16, 256],
  thorough: [1, 2, 4, 8, 16, 32, 64, 128, 256],
};
const CONTESTANTS = ['flask-style', 'flask-control', 'proxy-grpc', 'direct-rest', 'direct-grpc'];
/** Whoever can join requests on the server: TensorFlow Serving by its parameters, the Flask style by work. */
const BATCHING = ['direct-rest', 'direct-grpc', 'flask-micro-batching'];
const NOT_BATCHING = ['direct-rest', 'direct-grpc', 'flask-style'];
/** Clients that keep every contestant busy: what batching gains in throughput shows only at saturation. */
const BUSY_CLIENTS = 32;
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 6 };
/** The claim is decided at saturation, with pairs enough for an interval. */
const BUSY_TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 6, thorough: 12 };
const OPEN_LOADS: Readonly<Record<Profile, readonly number[]>> = {
  quick: [400],
  standard: [400],
  thorough: [200, 400, 800, 1500, 3000],
};

/** Instances joined into one run: by the client, and by the server under load. */
export const batch: Experiment = {
  id: 'batch',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: (context) => [
    ...CLIENT_BATCHES[context.profile].flatMap((size) =>
      cells(context, CONTESTANTS, { loop: { kind: 'closed', concurrency: 1 }, size, trials: TRIALS[context.profile] }),
    ),
    ...OPEN_LOADS[context.profile].flatMap((ratePerS) =>
      withAndWithout(context, { kind: 'open', arrivals: 'poisson', ratePerS }, TRIALS[context.profile]),
    ),
    ...withAndWithout(context, { kind: 'closed', concurrency: BUSY_CLIENTS }, BUSY_TRIALS[context.profile]),
  ],
};

function withAndWithout(context: PlanContext, loop: Loop, trials: number): Cell[] {
  return [
    ...cells(context, NOT_BATCHING, { loop, size: 1, trials }),
    ...cells(context, BATCHING, { loop, size: 1, trials, factors: { batching: true } }),
  ];
}

interface Wish {
  readonly loop: Loop;
  readonly size: number;
  readonly trials: number;
  readonly factors?: NonNullable<Cell['condition']['factors']>;
}

function cells(
  { contestants, models }: PlanContext,
  wanted: readonly string[],
  { loop, size, trials, factors }: Wish,
): Cell[] {
  return contestants
    .filter(({ id }) => wanted.includes(id))
    .map((contestant) =>
      cell({
        experiment: 'batch',
        contestant,
        loop,
        model: DEFAULT_MODEL,
        modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
        batch: size,
        ...(factors === undefined ? {} : { factors }),
        comparedBy: 'batching',
        trials,
        warmupMs: 300,
        durationMs: loop.kind === 'open' ? 1500 : size >= 64 ? 2500 : 800,
        errorLimit: loop.kind === 'open' ? 1 : 0.001,
      }),
    );
}
