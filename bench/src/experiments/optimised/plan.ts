import type { Profile } from '../../record/index.js';
import { cell } from '../cell.js';
import type { Experiment } from '../experiment.js';

const CONTESTANTS = ['flask-style', 'direct-rest', 'bare-engine'];
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 5, thorough: 12 };

/** Models made smaller or lighter, each beside the one it was made from, speed together with accuracy (method rule 18). */
export const optimised: Experiment = {
  id: 'optimised',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) =>
    [...models.values()].some(({ series }) => series.includes('optimised'))
      ? undefined
      : 'no optimised model can be had here',
  cells: ({ profile, contestants, models }) =>
    [...models.values()]
      .filter(({ series }) => series.includes('optimised'))
      .flatMap((model) =>
        contestants
          .filter(({ id }) => CONTESTANTS.includes(id))
          .map((contestant) =>
            cell({
              experiment: 'optimised',
              contestant,
              loop: { kind: 'closed', concurrency: 1 },
              model: model.name,
              modelVersion: model.version,
              trials: TRIALS[profile],
              warmupMs: 150,
              durationMs: 600,
            }),
          ),
      ),
};
