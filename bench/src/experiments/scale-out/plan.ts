import type { Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment } from '../experiment.js';

/** With fewer, replicas, proxy and load generator can only take turns; from four on the generator has its own. */
const CPUS_NEEDED = 4;
const REPLICAS = [1, 2, 4];
const CONTESTANTS = ['proxy-grpc', 'proxy-rest'];
/** Enough for every replica to be busy. */
const CLIENTS = 32;
const TRIALS: Readonly<Record<Profile, number>> = { quick: 2, standard: 6, thorough: 12 };

/** 1, 2 and 4 replicas of the model server behind the proxy. */
export const scaleOut: Experiment = {
  id: 'scale-out',
  profiles: ['standard', 'thorough'],
  notTested: ({ schedulableCpus }) =>
    schedulableCpus < CPUS_NEEDED
      ? `replicas need CPUs to run on at the same time: ${schedulableCpus} here, ${CPUS_NEEDED} needed`
      : undefined,
  cells: ({ profile, contestants, models }) =>
    REPLICAS.flatMap((replicas) =>
      contestants
        .filter(({ id }) => CONTESTANTS.includes(id))
        .map((contestant) =>
          cell({
            experiment: 'scale-out',
            contestant,
            loop: { kind: 'closed', concurrency: CLIENTS },
            model: DEFAULT_MODEL,
            modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
            // One thread for each run: replicas then share the CPUs instead of fighting for them.
            factors: { replicas, intraOpThreads: 1 },
            comparedBy: { factor: 'replicas' },
            trials: TRIALS[profile],
            warmupMs: 500,
            durationMs: 1000,
          }),
        ),
    ),
};
