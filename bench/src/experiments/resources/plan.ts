import type { Cell, Condition, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

const CONTESTANTS = ['flask-style', 'flask-session', 'direct-rest', 'direct-grpc'];
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 8 };
const CLIENTS = 8;

/** CPUs and TensorFlow's own threads: what each contestant makes of more of them, and what it takes. */
export const resources: Experiment = {
  id: 'resources',
  profiles: ['standard', 'thorough'],
  notTested: ({ schedulableCpus }) => (schedulableCpus < 2 ? 'one CPU cannot be varied' : undefined),
  cells: (context) =>
    [...cpuSets(context.schedulableCpus).map((cpus) => ({ cpus })), ...threadCounts(context.schedulableCpus)].flatMap(
      (factors) => cellsWith(factors, context),
    ),
};

/** `0`, `0-1`, `0-3` ...: powers of two up to all. */
function cpuSets(cpus: number): string[] {
  const sets: string[] = [];
  for (let count = 1; count < cpus; count *= 2) sets.push(count === 1 ? '0' : `0-${count - 1}`);
  return [...sets, `0-${cpus - 1}`];
}

function threadCounts(cpus: number): { intraOpThreads: number; interOpThreads: number }[] {
  return [
    { intraOpThreads: 1, interOpThreads: 1 },
    { intraOpThreads: cpus, interOpThreads: cpus },
  ];
}

function cellsWith(factors: NonNullable<Condition['factors']>, { profile, contestants, models }: PlanContext): Cell[] {
  return contestants
    .filter(({ id }) => CONTESTANTS.includes(id))
    .map((contestant) =>
      cell({
        experiment: 'resources',
        contestant,
        loop: { kind: 'closed', concurrency: CLIENTS },
        model: DEFAULT_MODEL,
        modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
        factors,
        trials: TRIALS[profile],
        warmupMs: 300,
        durationMs: 800,
      }),
    );
}
