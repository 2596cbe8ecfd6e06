import type { Cell, Condition, Loop, Network, Profile } from '../record/index.js';
import type { PlannedContestant } from './experiment.js';

/** The model that cells use unless their experiment varies it: small enough that a server's own cost shows. */
export const DEFAULT_MODEL = 'fashion-cnn';

const REQUEST_TIMEOUT_MS = 10_000;
const ERROR_LIMIT = 0.001;

export interface CellWish {
  readonly experiment: string;
  readonly contestant: PlannedContestant;
  readonly loop: Loop;
  readonly model: string;
  readonly modelVersion: number;
  readonly batch?: number;
  /** What the contestant's protocol takes by default: JSON over REST, tensor_content over gRPC. */
  readonly payload?: Condition['payload'];
  readonly network?: Condition['network'];
  readonly factors?: Condition['factors'];
  /**
   * What cells are compared by besides their contestant; those that differ in it alone are interleaved too (method rule 8).
   * By model only those of one contestant: all models of all contestants at once would need a server for each of them.
   */
  readonly comparedBy?: 'model' | 'batch' | { readonly factor: string };
  readonly trials: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly timeoutMs?: number;
  /** 0.001 unless told: an experiment beyond saturation expects failures. */
  readonly errorLimit?: number;
}

/**
 * A cell with its names made of what it varies. Cells of one experiment with equal conditions fall into one group and are
 * interleaved, whatever their contestant (method rule 8).
 */
export function cell(wish: CellWish): Cell {
  const condition: Condition = {
    loop: wish.loop,
    model: wish.model,
    modelVersion: wish.modelVersion,
    batch: wish.batch ?? 1,
    payload: wish.payload ?? (wish.contestant.protocol === 'rest' ? 'json' : 'tensor-content'),
    ...(wish.network === undefined ? {} : { network: wish.network }),
    ...(wish.factors === undefined ? {} : { factors: wish.factors }),
  };
  return {
    id: `${wish.experiment}/${conditionName(condition)}/${wish.contestant.id}${wish.payload === undefined ? '' : `-${wish.payload}`}`,
    experiment: wish.experiment,
    contestant: wish.contestant.id,
    condition,
    group: [
      wish.experiment,
      ...(wish.comparedBy === 'model' ? [wish.contestant.id] : []),
      conditionName(condition, wish.comparedBy),
    ].join('/'),
    ...inSlices(wish),
    timeoutMs: wish.timeoutMs ?? REQUEST_TIMEOUT_MS,
    errorLimit: wish.errorLimit ?? ERROR_LIMIT,
  };
}

/** Trials that decide a claim: fewer than this only draw a curve. */
const DECIDING_TRIALS = 5;
/** Blocks on which a drifting machine has no hold (method rules 8 and 11). */
const SLICES = 20;
/** After a change of contestant caches are cold and a connection is to be opened. */
const SLICE_WARMUP_MS = 60;
/** A longer trial is as long for a reason: few requests fit in. */
const LONGEST_SLICED_MS = 1000;

/**
 * Where a claim is decided, the same time in many short slices instead of few long trials (method rule 8): a shared machine
 * changes speed every few seconds, which hits long trials and cancels between neighbouring slices.
 */
function inSlices({
  trials,
  warmupMs,
  durationMs,
  network,
}: CellWish): Pick<Cell, 'trials' | 'warmupMs' | 'durationMs'> {
  if (trials < DECIDING_TRIALS || trials >= SLICES || durationMs > LONGEST_SLICED_MS || network !== undefined)
    return { trials, warmupMs, durationMs };
  return { trials: SLICES, warmupMs: SLICE_WARMUP_MS, durationMs: Math.round((trials * durationMs) / SLICES) };
}

/**
 * A condition in a form that serves as part of a file name: `fashion-cnn-v2-b1-closed-8`. The payload follows the contestant.
 */
function conditionName(condition: Condition, without?: CellWish['comparedBy']): string {
  const { loop, network, factors } = condition;
  return [
    ...(without === 'model' ? [] : [`${condition.model}-v${condition.modelVersion}`]),
    ...(without === 'batch' ? [] : [`b${condition.batch}`]),
    loop.kind === 'closed' ? `closed-${loop.concurrency}` : `${loop.arrivals}-${loop.ratePerS}`,
    ...(network === undefined ? [] : networkName(network)),
    ...Object.entries(factors ?? {}).flatMap(([name, value]) =>
      typeof without === 'object' && name === without.factor ? [] : [`${name}-${value}`],
    ),
  ].join('-');
}

function networkName({ rttMs, jitterMs, bandwidthMbitS, connectionLossPerS }: Network): string[] {
  return [
    `rtt${rttMs}`,
    ...(jitterMs === undefined ? [] : [`jitter${jitterMs}`]),
    ...(bandwidthMbitS === undefined ? [] : [`bw${bandwidthMbitS}`]),
    ...(connectionLossPerS === undefined ? [] : [`loss${connectionLossPerS}`]),
  ];
}

/** How long and how often cells are measured in each profile; an experiment may ask for a share of it. */
export const EFFORT: Readonly<
  Record<Profile, { readonly pairs: number; readonly durationMs: number; readonly warmupMs: number }>
> = {
  quick: { pairs: 6, durationMs: 700, warmupMs: 150 },
  standard: { pairs: 6, durationMs: 650, warmupMs: 200 },
  thorough: { pairs: 20, durationMs: 5000, warmupMs: 1000 },
};
