import type { Experiment } from '../experiment.js';
import { DEFAULT_MODEL } from '../cell.js';
import { observeHealth } from './observe-health.js';

/** How servers behave as they come: tail latency and health checks while they are busy. */
export const defaultConcurrency: Experiment = {
  id: 'default-concurrency',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: () => [],
  observe: observeHealth,
  observeMs: { quick: 50_000, standard: 58_000, thorough: 260_000 },
};
