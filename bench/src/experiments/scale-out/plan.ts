import type { Experiment } from '../experiment.js';

const CPUS_NEEDED = 4;

/** 1, 2 and 4 replicas behind the proxy. */
export const scaleOut: Experiment = {
  id: 'scale-out',
  profiles: ['standard', 'thorough'],
  notTested: ({ schedulableCpus }) =>
    schedulableCpus < CPUS_NEEDED
      ? `replicas need CPUs of their own: ${schedulableCpus} here, ${CPUS_NEEDED} needed`
      : 'the proxy speaks to one model server: replicas need a load balancer in between, which is not part of this study yet',
  cells: () => [],
};
