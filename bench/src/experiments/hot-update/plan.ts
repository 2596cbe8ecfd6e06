import type { Experiment } from '../experiment.js';
import { observeHotUpdates } from './observe-hot-updates.js';

/** A new version deployed under steady load. */
export const hotUpdate: Experiment = {
  id: 'hot-update',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) =>
    (models.get('fashion-cnn')?.version ?? 0) >= 2 ? undefined : 'two versions of fashion-cnn are needed',
  cells: () => [],
  observe: observeHotUpdates,
  observeMs: { quick: 62_000, standard: 62_000, thorough: 170_000 },
};
