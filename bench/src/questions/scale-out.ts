import { answersMore } from './claim.js';
import { lines, question, type PlanContext } from './define.js';

/** With fewer, replicas, proxy and load generator can only take turns; from four on the generator has its own. */
const CPUS_NEEDED = 4;

export const scaleOut = question({
  id: 'scale-out',
  title: 'Replicas',
  asks: 'How does throughput grow with 1, 2 and 4 replicas of the model server?',
  expects: 'Nearly linearly as long as each replica has CPUs of its own and the proxy, which is one process, keeps up.',
  done: 'The proxy spread requests over replicas of the model server on the same machine, in turn; 32 clients in a closed loop.',
  means:
    'Replicas on one machine share its CPUs, its memory bandwidth and one proxy: what they gain here is the least that they gain on machines of their own.',
  needs: `${CPUS_NEEDED} CPUs`,
  missing: ({ schedulableCpus }: PlanContext) =>
    schedulableCpus < CPUS_NEEDED
      ? `replicas need CPUs to run on at the same time: ${schedulableCpus} here, ${CPUS_NEEDED} needed`
      : undefined,
  cells: [
    {
      contestants: ['proxy-grpc', 'proxy-rest'],
      clients: [32],
      // One thread for each run: replicas then share the CPUs instead of fighting for them.
      factors: [1, 2, 4].map((replicas) => ({ replicas, intraOpThreads: 1 })),
      together: { factor: 'replicas' },
    },
  ],
  claims: [
    answersMore(
      'replicas-scale',
      'TensorFlow Serving scales by replicas: two behind a proxy answer more requests per second than one.',
      { contestant: 'proxy-grpc', replicas: 2 },
      { replicas: 1 },
    ),
  ],
  charts: [lines('Throughput by replicas', 'replicas', 'throughput')],
  tables: [
    {
      title: 'Replicas',
      columns: ['contestant', 'replicas', 'throughput', 'gain', 'p50', 'p99', 'CPU per request'],
    },
  ],
  against: { replicas: 1 },
  answer: [{ gains: 'throughput', against: { replicas: 1 }, says: 'Throughput against one replica' }],
});
