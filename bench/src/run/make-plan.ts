import { contestantById } from '../contestants/index.js';
import { OBSERVATIONS } from '../observations/index.js';
import type { PlanContext, Question } from '../questions/define.js';
import { cellsOf, whyNotAsked } from '../questions/expand.js';
import { turnMs } from '../questions/own-effort.js';
import type { Cell, OwnModel, Plan, Profile, Seeds } from '../record/index.js';
import { kindsOf } from './floors.js';
import { MODEL_SERVER, visitsOf, type Visit } from './visits.js';
import { LONGEST_WARM_UP_MS } from './warm-up.js';

export interface PlanOptions {
  readonly context: PlanContext;
  readonly questions: readonly Question[];
  readonly seeds: Seeds;
  /** Makes every window and warm-up this many times as long. */
  readonly timeFactor: number;
}

/** Between two trials: metrics pages, files, statistics of the generator. */
const BETWEEN_TRIALS_MS = 40;
/** The generator's own cost for one kind of request; kinds of one size are measured once. */
const FLOOR_MS = 500;
/** Until the model server answers. */
const MODEL_SERVER_START_MS = 2000;

/**
 * Rounds in which claims are decided (method rule 8). The quick profile keeps its servers running between them: another visit
 * then costs nothing.
 */
const PASSES: Readonly<Record<Profile, Pick<Plan, 'passes' | 'startsAnew'>>> = {
  quick: { passes: 5, startsAnew: false },
  standard: { passes: 3, startsAnew: true },
  thorough: { passes: 3, startsAnew: true },
};
const RESTARTS = 1;

/** The cells of the questions that belong to the profile and can be done, and why the others cannot. Pure. */
export function makePlan(options: PlanOptions): {
  readonly plan: Plan;
  readonly notTested: { subject: string; reason: string }[];
} {
  const notTested: { subject: string; reason: string }[] = [];
  const taken = options.questions.filter((question) => {
    const reason = whyNotAsked(question, options.context);
    if (reason !== undefined) notTested.push({ subject: question.id, reason });
    return reason === undefined;
  });
  const cells = taken
    .flatMap((question) => cellsOf(question, options.context))
    .map((each) => ({
      ...each,
      warmupMs: each.warmupMs * options.timeFactor,
      durationMs: each.durationMs * options.timeFactor,
    }));
  const { profile } = options.context;
  const { own } = options.context.subject;
  const observeMs = taken.reduce((sum, { id }) => sum + (OBSERVATIONS[id]?.expectedMs(profile, own) ?? 0), 0);
  const plan = {
    profile,
    seeds: options.seeds,
    experiments: taken.map(({ id }) => id),
    cells,
    ...PASSES[profile],
    restarts: RESTARTS,
  };
  const startMs = visitsOf(plan).reduce((sum, visit) => sum + startsMs(visit, profile, options.timeFactor), 0);
  const expectedMs = FLOOR_MS * kindsOf(cells).length + loadMs(cells, own) + startMs + observeMs;
  return { plan: { ...plan, expectedMs }, notTested };
}

/** How long the trials of these cells take. */
export function loadMs(cells: readonly Cell[], own: OwnModel | undefined): number {
  return cells.reduce((sum, each) => sum + each.trials * trialMs(each, own), 0);
}

/** A trial ends with its last answer, which comes after the window: of a slow model long after. */
export function trialMs({ warmupMs, durationMs, condition }: Cell, own: OwnModel | undefined): number {
  return warmupMs + durationMs + BETWEEN_TRIALS_MS + (own === undefined ? 0 : turnMs(own, condition));
}

/** How long it takes until everybody is up and warm for a visit. */
export function startsMs({ starts }: Visit, profile: Profile, timeFactor: number): number {
  const warmUpMs = LONGEST_WARM_UP_MS[profile] * timeFactor;
  return starts.reduce((sum, { contestant }) => {
    if (contestant === MODEL_SERVER) return sum + MODEL_SERVER_START_MS;
    const { startMs, role } = contestantById(contestant);
    return sum + startMs + (role === 'engine' ? 0 : warmUpMs);
  }, 0);
}
