import type { Cell, Network, Profile } from '../../record/index.js';
import { cell, DEFAULT_MODEL } from '../cell.js';
import type { Experiment, PlanContext } from '../experiment.js';

interface Effort {
  readonly rttsMs: readonly number[];
  readonly bandwidthsMbitS: readonly number[];
  /** Lines that are bad besides being long. */
  readonly poor: readonly Network[];
  readonly trials: number;
  /** At the longest round trip and on the narrowest line, where claims are decided. */
  readonly decidingTrials: number;
}

const POOR: Network = { rttMs: 20, jitterMs: 20, connectionLossPerS: 0.5 };
const EFFORTS: Readonly<Record<Profile, Effort>> = {
  quick: { rttsMs: [0, 20], bandwidthsMbitS: [10], poor: [], trials: 2, decidingTrials: 2 },
  standard: { rttsMs: [0, 10, 100], bandwidthsMbitS: [10], poor: [POOR], trials: 2, decidingTrials: 6 },
  thorough: {
    rttsMs: [0, 1, 2, 5, 10, 20, 50, 100],
    bandwidthsMbitS: [10, 100, 1000],
    poor: [{ rttMs: 20, jitterMs: 20 }, POOR],
    trials: 6,
    decidingTrials: 12,
  },
};
const CONTESTANTS = ['flask-style', 'proxy-grpc', 'direct-rest', 'direct-grpc'];
/** What a poor line does hits all alike: the two subjects show it. */
const ON_POOR = ['flask-style', 'proxy-grpc'];
const DECIDING_FAR = ['flask-style', 'proxy-grpc'];
const DECIDING_NARROW = ['direct-rest', 'direct-grpc'];
/** Round trips that a window must hold for a certified median on both sides of it (method rule 9). */
const ROUND_TRIPS = 20;
const SHORTEST_MS = 1000;
const SMALL_PAYLOAD_RTT_MS = 0;
/** Several instances make the payload large enough for a narrow line to show. */
const BANDWIDTH_BATCH = 8;

/** Where the network between client and server decides, and where the choice of server stops mattering. */
export const network: Experiment = {
  id: 'network',
  profiles: ['standard', 'thorough'],
  notTested: ({ models }) => (models.has(DEFAULT_MODEL) ? undefined : `the model ${DEFAULT_MODEL} is missing`),
  cells: (context) => {
    const { rttsMs, bandwidthsMbitS, poor } = EFFORTS[context.profile];
    const [longest, narrowest] = [Math.max(...rttsMs), Math.min(...bandwidthsMbitS)];
    return [
      ...rttsMs.flatMap((rttMs) => cellsAt(context, { rttMs }, 1, rttMs === longest ? DECIDING_FAR : [])),
      ...bandwidthsMbitS.flatMap((bandwidthMbitS) =>
        cellsAt(
          context,
          { rttMs: SMALL_PAYLOAD_RTT_MS, bandwidthMbitS },
          BANDWIDTH_BATCH,
          bandwidthMbitS === narrowest ? DECIDING_NARROW : [],
        ),
      ),
      ...poor.flatMap((between) =>
        cellsAt(context, between, 1, []).filter(({ contestant }) => ON_POOR.includes(contestant)),
      ),
    ];
  },
};

function cellsAt(
  { profile, contestants, models }: PlanContext,
  between: Network,
  batch: number,
  deciding: readonly string[],
): Cell[] {
  const { trials, decidingTrials } = EFFORTS[profile];
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
        trials: deciding.includes(contestant.id) ? decidingTrials : trials,
        warmupMs: 300 + 2 * between.rttMs,
        durationMs: Math.max(SHORTEST_MS, ROUND_TRIPS * between.rttMs * 1.2),
        ...(between.connectionLossPerS === undefined ? {} : { errorLimit: 1 }),
      }),
    );
}
