import { DEFAULT_MODEL } from '../cell.js';
import type { Experiment } from '../experiment.js';
import { searchCapacities } from './search-capacity.js';

/** Large numbers of requests: the highest rate that holds p99 <= 50 ms, and what happens at twice that rate. */
export const capacity: Experiment = {
  id: 'capacity',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: () => [],
  observe: searchCapacities,
  observeMs: { quick: 95_000, standard: 110_000, thorough: 800_000 },
};
