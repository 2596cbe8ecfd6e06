import type { Experiment, PlanContext } from '../experiments/experiment.js';
import type { Cell, Plan, Seeds } from '../record/index.js';
import { LONGEST_WARM_UP_MS } from './warm-up.js';

export interface PlanWish {
  readonly context: PlanContext;
  readonly experiments: readonly Experiment[];
  readonly seeds: Seeds;
  /** Makes every window and warm-up this many times as long. */
  readonly timeFactor: number;
}

/** Time between two trials: a pause for the server, files, statistics of the generator. */
const BETWEEN_TRIALS_MS = 40;

/** Starting a server and checking its predictions: mostly TensorFlow's own start. */
const START_MS = 2000;

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
  const observeMs = taken.reduce((sum, { observeMs: times }) => sum + (times?.[wish.context.profile] ?? 0), 0);
  const startMs = START_MS + LONGEST_WARM_UP_MS[wish.context.profile] * wish.timeFactor;
  const expectedMs = loadMs(cells) + startMs * countStarts(cells) + observeMs;
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

/** How long the trials of these cells take. */
export function loadMs(cells: readonly Cell[]): number {
  return cells.reduce((sum, each) => sum + each.trials * (each.warmupMs + each.durationMs + BETWEEN_TRIALS_MS), 0);
}

/** Servers live from one group of cells to the next only where that asks for them in the same way. */
function countStarts(cells: readonly Cell[]): number {
  let starts = 0;
  let [group, running, wanted] = ['', new Set<string>(), new Set<string>()];
  for (const { group: ofCell, contestant, condition } of cells) {
    if (ofCell !== group) [group, running, wanted] = [ofCell, wanted, new Set()];
    const server = JSON.stringify([contestant, condition.model, condition.modelVersion, condition.factors]);
    if (!running.has(server) && !wanted.has(server)) starts += 1;
    wanted.add(server);
  }
  return starts;
}
