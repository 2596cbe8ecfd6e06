import type { CellResult, Effect } from '../record/index.js';
import type { Metric } from '../questions/claim.js';
import { pairedRatio, type Pair } from '../stats/index.js';

const BETTER: Readonly<Record<Metric, 'lower' | 'higher'>> = {
  'p50 service time': 'lower',
  'p90 response time': 'lower',
  'p90 service time': 'lower',
  throughput: 'higher',
  'instances per second': 'higher',
};

/**
 * The ratio of a metric of two cells with its bootstrap 95% interval over the blocks both were measured in (method rules 8
 * and 9). Undefined when a cell is INVALID (method rule 11), or fewer than two blocks have both.
 */
export function effectOf(
  metric: Metric,
  numerator: CellResult,
  denominator: CellResult,
  seed: number,
): Effect | undefined {
  if (!numerator.valid || !denominator.valid) return undefined;
  const pairs = pairsOf(metric, numerator, denominator);
  if (pairs.length < 2) return undefined;
  return {
    metric,
    contestants: { numerator: numerator.cell.contestant, denominator: denominator.cell.contestant },
    cells: { numerator: numerator.cell.id, denominator: denominator.cell.id },
    better: BETTER[metric],
    ...pairedRatio(pairs, seed),
  };
}

/** The metric of both cells in every block that both were measured in. */
export function pairsOf(metric: Metric, numerator: CellResult, denominator: CellResult): Pair[] {
  return numerator.trials.flatMap((own) => {
    const other = denominator.trials.find(({ block }) => block === own.block);
    if (other === undefined || !own.valid || !other.valid) return [];
    const pair = {
      numerator: value(metric, own, numerator),
      denominator: value(metric, other, denominator),
      pass: own.pass ?? 0,
    };
    // Where neither gave a right answer nothing is compared.
    return Number.isNaN(pair.numerator / pair.denominator) ? [] : [pair];
  });
}

/**
 * A trial without a right answer is the worst there is: to leave its block out would decide in favour of who gave none. NaN
 * for a p90 that the trial alone does not certify.
 */
function value(metric: Metric, trial: CellResult['trials'][number], { cell }: CellResult): number {
  const none = trial.throughputPerS === 0 ? Infinity : Number.NaN;
  switch (metric) {
    case 'p50 service time':
      return trial.p50Ms ?? Infinity;
    case 'p90 response time':
      return trial.responseP90Ms ?? none;
    case 'p90 service time':
      return trial.serviceP90Ms ?? none;
    case 'throughput':
      return trial.throughputPerS;
    case 'instances per second':
      return trial.throughputPerS * cell.condition.batch;
  }
}
