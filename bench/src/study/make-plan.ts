import type { Experiment, PlanContext } from '../experiments/experiment.js';
import type { Plan, Seeds } from '../record/index.js';

export interface PlanWish {
  readonly context: PlanContext;
  readonly experiments: readonly Experiment[];
  readonly seeds: Seeds;
  /** Makes every window and warm-up this many times as long. */
  readonly timeFactor: number;
}

/** Time between two trials: a pause for the server, files, statistics of the generator. */
const BETWEEN_TRIALS_MS = 40;

/** The cells of the experiments that belong to the profile and can be done, and why the others cannot. Pure. */
export function makePlan(wish: PlanWish): {
  readonly plan: Plan;
  readonly notTested: { subject: string; reason: string }[];
} {
  const notTested: { subject: string; reason: string }[] = [];
  const taken = wish.experiments.filter((experiment) => {
    const reason = experiment.notTested(wish.context);
    if (reason !== undefined) notTested.push({ subject: experiment.id, reason });
    return reason === undefined;
  });
  const cells = taken
    .flatMap((experiment) => experiment.cells(wish.context))
    .map((each) => ({
      ...each,
      warmupMs: each.warmupMs * wish.timeFactor,
      durationMs: each.durationMs * wish.timeFactor,
    }));
  const expectedMs = cells.reduce(
    (sum, each) => sum + each.trials * (each.warmupMs + each.durationMs + BETWEEN_TRIALS_MS),
    0,
  );
  return {
    plan: {
      profile: wish.context.profile,
      seeds: wish.seeds,
      experiments: taken.map(({ id }) => id),
      cells,
      expectedMs,
    },
    notTested,
  };
}
