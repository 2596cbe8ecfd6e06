import { cell, DEFAULT_MODEL, EFFORT } from '../cell.js';
import type { Experiment } from '../experiment.js';

/** Round trip of one POST with one instance on an idle server: what the sentence "X ms against Y ms" speaks of. */
export const headline: Experiment = {
  id: 'headline',
  profiles: ['quick', 'standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: ({ profile, contestants, models }) => {
    const { pairs, durationMs, warmupMs } = EFFORT[profile];
    return contestants
      .filter(({ role }) => role !== 'variant')
      .map((contestant) =>
        cell({
          experiment: 'headline',
          contestant,
          loop: { kind: 'closed', concurrency: 1 },
          model: DEFAULT_MODEL,
          modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
          trials: pairs,
          warmupMs,
          durationMs,
        }),
      );
  },
};
