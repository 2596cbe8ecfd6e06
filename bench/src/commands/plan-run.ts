import { availableParallelism } from 'node:os';
import {
  allowedCpus,
  CATALOGUE,
  cpuShares,
  whyNoMemoryLimit,
  type ContestantDefinition,
} from '../contestants/index.js';
import { OBSERVATIONS } from '../observations/index.js';
import { QUESTIONS, questionsFor } from '../questions/index.js';
import { subjectOf, whyNotFed } from '../questions/subject.js';
import { deriveSeed } from '../random/index.js';
import type { Plan, StudyRecord } from '../record/index.js';
import { whyNoGpu } from '../run/gpu.js';
import { makePlan } from '../run/make-plan.js';
import type { Zoo } from '../run/zoo.js';
import type { RunOptions } from './run-options.js';

export interface PlannedRun {
  readonly plan: Plan;
  readonly contestants: readonly string[];
  readonly notTested: StudyRecord['notTested'];
}

/** Plans what the options ask for with what is here. Throws for names that do not exist, naming those that do. */
export async function planRun(
  { asked }: RunOptions,
  zoo: Zoo,
  candidates: readonly ContestantDefinition[] = CATALOGUE,
): Promise<PlannedRun> {
  const wanted = named('contestant', asked.contestants, candidates);
  const missing = wanted.flatMap((contestant) => {
    const reason = contestant.missing?.() ?? whyNotFed(zoo, contestant.id);
    return reason === undefined ? [] : [{ subject: contestant.id, reason }];
  });
  const able = wanted.filter(({ id }) => !missing.some(({ subject }) => subject === id));
  const subject = subjectOf(zoo.own);
  const all = questionsFor(subject);
  const questions =
    asked.only === undefined
      ? all.filter(({ profiles }) => profiles.includes(asked.profile))
      : named('experiment or claim', asked.only.map(experimentOf), all);
  const noMemoryLimit = whyNoMemoryLimit();
  const { plan, notTested } = makePlan({
    context: {
      profile: asked.profile,
      schedulableCpus: availableParallelism(),
      serverCpus: cpuShares()?.servers ?? allowedCpus(),
      noGpu: await whyNoGpu(),
      memoryLimits: noMemoryLimit === undefined,
      contestants: able.map(({ id, role, family, protocol }) => ({ id, role, family, protocol })),
      subject,
      models: zoo.models,
    },
    questions,
    timeFactor: asked.timeFactor,
    seeds: {
      arrivals: deriveSeed(asked.seed, 1),
      inputs: deriveSeed(asked.seed, 2),
      order: deriveSeed(asked.seed, 3),
    },
  });
  return {
    plan,
    contestants: able.map(({ id }) => id),
    notTested: [
      ...missing,
      ...zoo.missing,
      ...notTested,
      ...(noMemoryLimit !== undefined && plan.experiments.includes('resources')
        ? [{ subject: 'memory limit', reason: noMemoryLimit }]
        : []),
    ],
  };
}

/** Throws for names that no machine knows, before anything is fetched for those that exist. */
export function refuseUnknownNames({ asked: { contestants, only } }: RunOptions): void {
  named('contestant', contestants, CATALOGUE);
  named('experiment or claim', only?.map(experimentOf), QUESTIONS);
}

/** Throws where nothing is planned, with `why` and with what keeps contestants and questions out. */
export function refuseEmptyPlan({ plan, notTested }: PlannedRun, why: string): void {
  if (plan.cells.length > 0 || plan.experiments.some((id) => id in OBSERVATIONS)) return;
  const reasons = notTested.map(({ subject, reason }) => `\n  ${subject}: ${reason}`);
  throw new Error(`nothing can be measured: ${why}${reasons.join('')}`);
}

/** `--only` takes experiments and claims; a claim stands for the experiment that decides it. */
function experimentOf(name: string): string {
  return QUESTIONS.find(({ claims }) => claims.some(({ id }) => id === name))?.id ?? name;
}

function named<T extends { readonly id: string }>(
  kind: string,
  wanted: readonly string[] | undefined,
  all: readonly T[],
): T[] {
  const unknown = wanted?.filter((id) => !all.some((each) => each.id === id)) ?? [];
  if (unknown.length > 0)
    throw new Error(
      `no ${kind} is called ${unknown.join(' or ')}; there are: ${all.map(({ id }) => id).join(', ')} (docs/experiments.md)`,
    );
  return all.filter(({ id }) => wanted?.includes(id) ?? true);
}
