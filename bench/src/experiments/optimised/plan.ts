import type { Profile } from '../../record/index.js';
import { cell } from '../cell.js';
import type { Experiment } from '../experiment.js';

const CONTESTANTS: Readonly<Record<Profile, readonly string[]>> = {
  quick: ['bare-engine'],
  standard: ['bare-engine'],
  thorough: ['flask-style', 'direct-rest', 'bare-engine'],
};
/** Claims are decided on the engine alone, where no server's own time hides what a model takes. */
const DECIDING = 'bare-engine';
const DECIDING_TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 6, thorough: 12 };
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 12 };

/** Models made smaller or lighter, each beside the one it was made from, speed together with accuracy (method rule 18). */
export const optimised: Experiment = {
  id: 'optimised',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) =>
    [...models.values()].some(({ series }) => series.includes('optimised'))
      ? undefined
      : 'no optimised model can be had here',
  cells: ({ profile, contestants, models }) =>
    contestants
      .filter(({ id }) => CONTESTANTS[profile].includes(id))
      .flatMap((contestant) =>
        [...models.values()]
          .filter(({ series }) => series.includes('optimised'))
          .map((model) =>
            cell({
              experiment: 'optimised',
              contestant,
              loop: { kind: 'closed', concurrency: 1 },
              model: model.name,
              modelVersion: model.version,
              comparedBy: 'model',
              trials: (contestant.id === DECIDING ? DECIDING_TRIALS : TRIALS)[profile],
              warmupMs: 150,
              durationMs: 600,
            }),
          ),
      ),
};
