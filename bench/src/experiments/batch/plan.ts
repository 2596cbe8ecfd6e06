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
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 6 };
const OPEN_LOADS: Readonly<Record<Profile, readonly number[]>> = {
  quick: [400],
  standard: [400, 1500],
  thorough: [200, 400, 800, 1500, 3000],
};

/** Instances joined into one run: by the client, and by the server under load. */
export const batch: Experiment = {
  id: 'batch',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: (context) => [
    ...CLIENT_BATCHES[context.profile].flatMap((size) =>
      cells(context, CONTESTANTS, { kind: 'closed', concurrency: 1 }, size),
    ),
    ...OPEN_LOADS[context.profile].flatMap((ratePerS) => {
      const loop: Loop = { kind: 'open', arrivals: 'poisson', ratePerS };
      return [
        ...cells(context, ['direct-rest', 'direct-grpc', 'flask-style'], loop, 1),
        ...cells(context, BATCHING, loop, 1, { batching: true }),
      ];
    }),
  ],
};

function cells(
  { profile, contestants, models }: PlanContext,
  wanted: readonly string[],
  loop: Loop,
  size: number,
  factors?: Cell['condition']['factors'],
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
        trials: TRIALS[profile],
        warmupMs: 300,
        durationMs: loop.kind === 'open' ? 1500 : size >= 64 ? 2500 : 800,
        errorLimit: loop.kind === 'open' ? 1 : 0.001,
      }),
    );
}
