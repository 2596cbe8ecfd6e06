import type { Profile } from '../../record/index.js';
import { cell } from '../cell.js';
import type { Experiment } from '../experiment.js';

/** What the proxy adds does not depend on the model: `protocol` measures it with a small and a large one. */
const CONTESTANTS = ['flask-style', 'direct-rest', 'bare-engine'];
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 6 };
/** Each model means three servers to start; between their neighbours these add to the curve, not to the answer. */
const LEFT_OUT: Readonly<Record<Profile, readonly string[]>> = {
  quick: ['cnn-d4', 'cnn-w16', 'cnn-w32', 'cnn-w64'],
  standard: ['cnn-d4', 'cnn-w16', 'cnn-w32', 'cnn-w64'],
  thorough: [],
};
/** The claim is decided at the heaviest model, with pairs enough for an interval. */
const DECIDING_TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 6, thorough: 12 };
const DECIDING = ['flask-style', 'direct-rest'];
/** Large models: 40 runs and more must fit into the window for a certified median on each side. */
const SLOW_FLOPS = 1e8;
const FAST_MS = 600;
const SLOW_MS = 2000;

/** Latency against the arithmetic a model needs: depth and width varied apart, up to ResNet50. */
export const complexity: Experiment = {
  id: 'complexity',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) =>
    [...models.values()].some(({ series }) => series.includes('complexity'))
      ? undefined
      : 'no model of the complexity series can be had here',
  cells: ({ profile, contestants, models }) =>
    [...models.values()]
      .filter(({ name, series }) => series.includes('complexity') && !LEFT_OUT[profile].includes(name))
      .sort((a, b) => a.flopsPerInstance - b.flopsPerInstance)
      .flatMap((model, at, { length }) =>
        contestants
          .filter(({ id }) => CONTESTANTS.includes(id))
          .map((contestant) =>
            cell({
              experiment: 'complexity',
              contestant,
              loop: { kind: 'closed', concurrency: 1 },
              model: model.name,
              modelVersion: model.version,
              trials: (at === length - 1 && DECIDING.includes(contestant.id) ? DECIDING_TRIALS : TRIALS)[profile],
              warmupMs: 200,
              durationMs: model.flopsPerInstance > SLOW_FLOPS ? SLOW_MS : FAST_MS,
            }),
          ),
      ),
};
