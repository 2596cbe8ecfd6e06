import { LEAST, MOST } from './where.js';
import { answersMore, type CellClaim } from './claim.js';
import { bars, inProfile, question, type CellTable, type PlanContext } from './define.js';

const CONTESTANTS = ['flask-style', 'flask-session', 'direct-rest'];
const FEW = ['flask-style', 'direct-rest'];
const BY_PROFILE = { standard: FEW, thorough: CONTESTANTS };
const BUSY = { clients: [8], curveMs: 800, together: { factor: 'cpus' } } satisfies CellTable;
/** Below what one server with TensorFlow in it takes, and, in the thorough profile, above it: as without a limit. */
const MEMORY_MB = { standard: [192], thorough: [192, 768] };

/** Powers of two up to all, as `taskset` takes them: `0`, `0,1`, `0,1,2,3`. */
function cpuSets({ serverCpus }: PlanContext): { cpus: string }[] {
  const sets: { cpus: string }[] = [];
  for (let count = 1; count < serverCpus.length; count *= 2) sets.push({ cpus: serverCpus.slice(0, count).join() });
  return [...sets, { cpus: serverCpus.join() }];
}

/** One thread of each kind; and one for each CPU, which is what TensorFlow takes by itself and other cells have. */
function threads({ profile, serverCpus: { length: cpus } }: PlanContext): Record<string, number>[] {
  return [
    { intraOpThreads: 1, interOpThreads: 1 },
    ...(profile === 'thorough' ? [{ intraOpThreads: cpus, interOpThreads: cpus }] : []),
  ];
}

function moreOnCpus(id: string, who: string, contestant: string): CellClaim {
  const sentence = `${who} answers more requests per second on more CPUs.`;
  return answersMore(id, sentence, { contestant, cpus: MOST }, { cpus: LEAST });
}

export const resources = question({
  id: 'resources',
  title: 'CPUs, threads, memory',
  asks: 'What does each contestant make of more CPUs, of more TensorFlow threads and of less memory, and how much CPU and memory does an answer take?',
  expects:
    'A server that blocks one thread gains little from a second CPU; for a small model TensorFlow’s own threads cost more than they bring.',
  done: 'Servers were kept to some CPUs by affinity, started with fixed intra-op and inter-op threads, and held to a memory limit; eight clients in a closed loop. Where the generator has no CPUs of its own, the last CPU is never a server’s alone.',
  means:
    'Look at CPU per request, not at throughput alone: on shared machines it is the steadier figure, and it is what a cloud bills.',
  needs: '2 CPUs; for memory limits, control groups it may create',
  missing: ({ serverCpus: { length } }: PlanContext) =>
    length === 0
      ? 'the system does not tell which CPUs may be used'
      : length === 1
        ? 'one CPU cannot be varied'
        : undefined,
  cells: [
    { ...BUSY, contestants: BY_PROFILE, factors: cpuSets },
    { ...BUSY, contestants: BY_PROFILE, factors: threads },
    {
      ...BUSY,
      contestants: FEW,
      factors: ({ memoryLimits, profile }) =>
        memoryLimits ? inProfile<readonly number[]>(MEMORY_MB, profile).map((memoryMb) => ({ memoryMb })) : [],
    },
  ],
  claims: [
    moreOnCpus('second-cpu-helps-serving', 'TensorFlow Serving', 'direct-rest'),
    moreOnCpus('second-cpu-helps-flask-style', 'A Flask-style server', 'flask-style'),
  ],
  charts: [
    bars('Throughput by CPUs and threads', 'given', 'throughput'),
    bars('CPU time for one answer', 'given', 'CPU per request', {
      caption: 'All processes and threads of the contestant; a proxy counts its model server.',
    }),
  ],
  tables: [
    {
      title: 'Resources',
      columns: ['contestant', 'given', 'throughput', 'p50', 'CPU per request', 'answers per CPU second', 'memory'],
      note: 'A memory limit in which a server could not start is among what could not be tested, with what the server said.',
    },
  ],
  answer: [
    {
      gains: 'throughput',
      against: { cpus: LEAST },
      shows: { intraOpThreads: [null], memoryMb: [null] },
      says: 'Throughput on more CPUs against the fewest',
    },
  ],
});
