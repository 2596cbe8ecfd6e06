import type { Experiment } from '../experiment.js';
import { countWork } from './count-work.js';

/** Lines, files and dependencies that a developer writes for each contestant, counted from the sources. */
export const workByHand: Experiment = {
  id: 'work-by-hand',
  profiles: ['quick', 'standard', 'thorough'],
  notTested: () => undefined,
  cells: () => [],
  observe: () => countWork(),
};
