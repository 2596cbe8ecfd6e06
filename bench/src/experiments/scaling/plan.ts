import type { Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment } from '../experiment.js';

/** Naive first, then what each kind of work buys, then TensorFlow Serving as the measure. */
const CONTESTANTS = [
  'flask-style',
  'flask-processes',
  'flask-threads',
  'flask-session',
  'flask-micro-batching',
  'flask-control',
  'flask-control-2-workers',
  'flask-control-4-threads',
  'direct-rest',
  'proxy-grpc',
];
const CLIENTS: Readonly<Record<Profile, readonly number[]>> = {
  quick: [8],
  standard: [8],
  thorough: [1, 4, 8, 16, 32, 64],
};
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 8 };
/** Claims are decided here, with pairs enough for an interval. */
const DECIDING_CLIENTS = 8;
const DECIDING = ['flask-style', 'flask-processes', 'flask-session', 'direct-rest'];
const DECIDING_TRIALS: Readonly<Record<Profile, number>> = { quick: 5, standard: 6, thorough: 12 };

/** What quite a bit of work makes of the Flask style (method rule 15). */
export const scaling: Experiment = {
  id: 'scaling',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: ({ profile, contestants, models }) =>
    CLIENTS[profile].flatMap((concurrency) =>
      contestants
        .filter(({ id }) => CONTESTANTS.includes(id))
        .map((contestant) =>
          cell({
            experiment: 'scaling',
            contestant,
            loop: { kind: 'closed', concurrency },
            model: DEFAULT_MODEL,
            modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
            trials: (concurrency === DECIDING_CLIENTS && DECIDING.includes(contestant.id) ? DECIDING_TRIALS : TRIALS)[
              profile
            ],
            warmupMs: 300,
            durationMs: 800,
          }),
        ),
    ),
};
