import type { Metric } from '../questions/claim.js';
import type { Cell, CellResult, Floor } from '../record/index.js';
import type { Pair } from '../stats/index.js';

type Trial = CellResult['trials'][number];

interface MetricOf {
  readonly better: 'lower' | 'higher';
  /**
   * A trial without a right answer is the worst there is: to leave its block out would decide in favour of who gave none. NaN
   * for a p90 that the trial alone does not certify.
   */
  readonly of: (trial: Trial, cell: Cell) => number;
  /** Milliseconds of it that are the generator's. Beside a busy server what counts is the CPU time that it takes away. */
  readonly ownMs: (floor: Floor) => number;
}

const METRICS: Readonly<Record<Metric, MetricOf>> = {
  'p50 service time': {
    better: 'lower',
    of: ({ p50Ms }) => p50Ms ?? Infinity,
    ownMs: ({ p50Ms }) => p50Ms,
  },
  'p90 response time': {
    better: 'lower',
    of: (trial) => trial.responseP90Ms ?? withoutP90(trial),
    ownMs: ({ p50Ms, p99Ms }) => p99Ms ?? p50Ms,
  },
  'p90 service time': {
    better: 'lower',
    of: (trial) => trial.serviceP90Ms ?? withoutP90(trial),
    ownMs: ({ p50Ms, p99Ms }) => p99Ms ?? p50Ms,
  },
  throughput: {
    better: 'higher',
    of: ({ throughputPerS }) => throughputPerS,
    ownMs: ({ cpuMsPerRequest }) => cpuMsPerRequest,
  },
  'instances per second': {
    better: 'higher',
    of: ({ throughputPerS }, { condition }) => throughputPerS * condition.batch,
    ownMs: ({ cpuMsPerRequest, batch }) => cpuMsPerRequest / batch,
  },
};

export function metricOf(metric: Metric): MetricOf {
  return METRICS[metric];
}

function withoutP90({ throughputPerS }: Trial): number {
  return throughputPerS === 0 ? Infinity : Number.NaN;
}

/** The metric of both cells in every block that both were measured in. */
export function pairsOf(metric: Metric, numerator: CellResult, denominator: CellResult): Pair[] {
  const { of } = METRICS[metric];
  return numerator.trials.flatMap((own) => {
    const other = denominator.trials.find(({ block }) => block === own.block);
    if (other === undefined || !own.valid || !other.valid) return [];
    const pair = {
      numerator: of(own, numerator.cell),
      denominator: of(other, denominator.cell),
      pass: own.pass ?? 0,
    };
    // Where neither gave a right answer nothing is compared.
    return Number.isNaN(pair.numerator / pair.denominator) ? [] : [pair];
  });
}
