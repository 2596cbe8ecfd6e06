import type { Cell, Network, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

interface Effort {
  readonly rttsMs: readonly number[];
  readonly bandwidthsMbitS: readonly number[];
  readonly trials: number;
}

const EFFORTS: Readonly<Record<Profile, Effort>> = {
  quick: { rttsMs: [0, 20], bandwidthsMbitS: [10], trials: 2 },
  standard: { rttsMs: [0, 20, 100], bandwidthsMbitS: [10, 100], trials: 2 },
  thorough: { rttsMs: [0, 1, 2, 5, 10, 20, 50, 100], bandwidthsMbitS: [10, 100, 1000], trials: 6 },
};
const CONTESTANTS = ['flask-style', 'proxy-grpc', 'direct-rest', 'direct-grpc'];
/** Round trips that a window must hold for a certified median on both sides of it (method rule 9). */
const ROUND_TRIPS = 20;
const SHORTEST_MS = 1500;
const SMALL_PAYLOAD_RTT_MS = 0;
/** Several instances make the payload large enough for a narrow line to show. */
const BANDWIDTH_BATCH = 8;

/** Where the network between client and server decides, and where the choice of server stops mattering. */
export const network: Experiment = {
  id: 'network',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: (context) => {
    const { rttsMs, bandwidthsMbitS } = EFFORTS[context.profile];
    return [
      ...rttsMs.flatMap((rttMs) => cellsAt({ rttMs }, 1, context)),
      ...bandwidthsMbitS.flatMap((bandwidthMbitS) =>
        cellsAt({ rttMs: SMALL_PAYLOAD_RTT_MS, bandwidthMbitS }, BANDWIDTH_BATCH, context),
      ),
    ];
  },
};

function cellsAt(between: Network, batch: number, { profile, contestants, models }: PlanContext): Cell[] {
  return contestants
    .filter(({ id }) => CONTESTANTS.includes(id))
    .map((contestant) =>
      cell({
        experiment: 'network',
        contestant,
        loop: { kind: 'closed', concurrency: 1 },
        model: DEFAULT_MODEL,
        modelVersion: models.get(DEFAULT_MODEL)?.version ?? 1,
        batch,
        network: between,
        trials: EFFORTS[profile].trials,
        warmupMs: 300 + 2 * between.rttMs,
        durationMs: Math.max(SHORTEST_MS, ROUND_TRIPS * between.rttMs * 1.2),
      }),
    );
}
