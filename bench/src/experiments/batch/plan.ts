import type { Cell, Loop, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL, type CellWish } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

/** Instances in one request with which claims on batches are decided. */
export const DECIDING_BATCH = 16;
const CLIENT_BATCHES: Readonly<Record<Profile, readonly number[]>> = {
  quick: [1, DECIDING_BATCH],
  standard: [1, DECIDING_BATCH, 256],
  thorough: [1, 2, 4, 8, DECIDING_BATCH, 32, 64, 128, 256],
};
const CONTESTANTS = ['flask-style', 'flask-control', 'proxy-grpc', 'direct-rest', 'direct-grpc'];
/** Claims on batches made by the client are decided between one instance and these, for these. */
const DECIDING = ['flask-style', 'direct-rest'];
/** Whoever can join requests on the server: TensorFlow Serving by its parameters, the Flask style by work. */
const BATCHING = ['direct-rest', 'direct-grpc', 'flask-micro-batching'];
const NOT_BATCHING = ['direct-rest', 'direct-grpc', 'flask-style', 'flask-session'];
/** Clients that keep every contestant busy: what batching gains in throughput shows only at saturation. */
const BUSY_CLIENTS = 32;
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 6 };
/** Where a claim is decided, pairs enough for an interval. */
const DECIDING_TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 6, thorough: 12 };
const DECIDING_BUSY = ['direct-rest', 'flask-session', 'flask-micro-batching'];
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
      cells(context, CONTESTANTS, {
        loop: { kind: 'closed', concurrency: 1 },
        size,
        decides: (id) => size <= DECIDING_BATCH && DECIDING.includes(id),
        comparedBy: 'batch',
      }),
    ),
    ...OPEN_LOADS[context.profile].flatMap((ratePerS) =>
      withAndWithout(context, { kind: 'open', arrivals: 'poisson', ratePerS }, () => false).filter(
        ({ contestant }) => context.profile === 'thorough' || DECIDING_BUSY.includes(contestant),
      ),
    ),
    ...withAndWithout(context, { kind: 'closed', concurrency: BUSY_CLIENTS }, (id) => DECIDING_BUSY.includes(id)),
  ],
};

function withAndWithout(context: PlanContext, loop: Loop, decides: Wish['decides']): Cell[] {
  const wish: Wish = { loop, size: 1, decides, comparedBy: { factor: 'batching' } };
  return [...cells(context, NOT_BATCHING, wish), ...cells(context, BATCHING, { ...wish, factors: { batching: true } })];
}

interface Wish {
  readonly loop: Loop;
  readonly size: number;
  /** Whether a claim is decided by this contestant's cell. */
  readonly decides: (contestant: string) => boolean;
  readonly comparedBy: NonNullable<CellWish['comparedBy']>;
  readonly factors?: NonNullable<Cell['condition']['factors']>;
}

function cells(
  { profile, contestants, models }: PlanContext,
  wanted: readonly string[],
  { loop, size, decides, comparedBy, factors }: Wish,
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
        comparedBy,
        trials: (decides(contestant.id) ? DECIDING_TRIALS : TRIALS)[profile],
        warmupMs: 300,
        durationMs: loop.kind === 'open' || size >= 64 ? 1500 : 800,
        errorLimit: loop.kind === 'open' ? 1 : 0.001,
      }),
    );
}
