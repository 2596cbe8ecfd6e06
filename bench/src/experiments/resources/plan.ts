import type { Cell, Condition, Profile } from '../../record/index.js';
import { cpuList } from '../../contestants/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

const CONTESTANTS = ['flask-style', 'flask-session', 'direct-rest'];
/** Claims on a second CPU are decided for these, with pairs enough for an interval. */
const DECIDING = ['flask-style', 'direct-rest'];
const DECIDING_TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 6, thorough: 12 };
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 2, thorough: 8 };
const CLIENTS = 8;
/** Below and above what one server with TensorFlow in it takes. */
const MEMORY_MB = [192, 768];
const LIMITED_IN_MEMORY = ['flask-style', 'direct-rest'];

/** CPUs, TensorFlow's own threads and memory: what each contestant makes of more of them, and what it takes. */
export const resources: Experiment = {
  id: 'resources',
  profiles: ['standard', 'thorough'],
  notTested: ({ serverCpus: { length } }) =>
    length === 0
      ? 'the system does not tell which CPUs may be used'
      : length === 1
        ? 'one CPU cannot be varied'
        : undefined,
  cells: (context) => {
    const sets = cpuSets(context.serverCpus);
    return [
      ...sets.flatMap((cpus, at) =>
        cellsWith(context, CONTESTANTS, { cpus }, at === 0 || at === sets.length - 1 ? DECIDING : []),
      ),
      ...threadCounts(context).flatMap((factors) => cellsWith(context, CONTESTANTS, factors, [])),
      ...(context.memoryLimits ? MEMORY_MB : []).flatMap((memoryMb) =>
        cellsWith(context, LIMITED_IN_MEMORY, { memoryMb }, []),
      ),
    ];
  },
};

/** `0`, `0-1`, `0-3` ...: powers of two up to all. */
function cpuSets(cpus: readonly number[]): string[] {
  const sets: string[] = [];
  for (let count = 1; count < cpus.length; count *= 2) sets.push(cpuList(cpus.slice(0, count)));
  return [...sets, cpuList(cpus)];
}

/** One thread of each kind; and one for each CPU, which is what TensorFlow takes by itself and the cells above have. */
function threadCounts({
  profile,
  serverCpus: { length: cpus },
}: PlanContext): { intraOpThreads: number; interOpThreads: number }[] {
  return [
    { intraOpThreads: 1, interOpThreads: 1 },
    ...(profile === 'thorough' ? [{ intraOpThreads: cpus, interOpThreads: cpus }] : []),
  ];
}

function cellsWith(
  { profile, contestants, models }: PlanContext,
  wanted: readonly string[],
  factors: NonNullable<Condition['factors']>,
  deciding: readonly string[],
): Cell[] {
  return contestants
    .filter(({ id }) => wanted.includes(id))
    .map((contestant) =>
      cell({
        experiment: 'resources',
        contestant,
        loop: { kind: 'closed', concurrency: CLIENTS },
        model: DEFAULT_MODEL,
        modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
        factors,
        comparedBy: { factor: 'cpus' },
        trials: (deciding.includes(contestant.id) ? DECIDING_TRIALS : TRIALS)[profile],
        warmupMs: 300,
        durationMs: 800,
      }),
    );
}
