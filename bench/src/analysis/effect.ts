import type { CellResult, Effect } from '../record/index.js';
import { pairedRatio } from '../stats/index.js';
import type { Findings } from './findings.js';

/** What two cells are compared by, trial by trial. */
export type Metric = 'p50 service time' | 'throughput';

const BETTER: Readonly<Record<Metric, 'lower' | 'higher'>> = { 'p50 service time': 'lower', throughput: 'higher' };

/**
 * The ratio of a metric of two cells with its bootstrap 95% interval over the blocks both were measured in (method rules 8
 * and 9). Undefined when a cell is missing or INVALID (method rule 11), or fewer than two blocks have both.
 */
export function effect(
  findings: Findings,
  metric: Metric,
  numerator: CellResult | undefined,
  denominator: CellResult | undefined,
): Effect | undefined {
  if (numerator?.valid !== true || denominator?.valid !== true) return undefined;
  const pairs = numerator.trials.flatMap((own) => {
    const other = denominator.trials.find(({ block }) => block === own.block);
    return other === undefined || !own.valid || !other.valid
      ? []
      : [{ numerator: value(metric, own), denominator: value(metric, other) }];
  });
  if (pairs.length < 2) return undefined;
  const { ratio, low, high } = pairedRatio(pairs, findings.study.plan.seeds.order);
  return {
    metric,
    ratioOf: `${findings.label(numerator.cell.contestant)} / ${findings.label(denominator.cell.contestant)}`,
    cells: { numerator: numerator.cell.id, denominator: denominator.cell.id },
    better: BETTER[metric],
    ratio,
    low,
    high,
    pairs: pairs.length,
  };
}

function value(metric: Metric, trial: CellResult['trials'][number]): number {
  switch (metric) {
    case 'p50 service time':
      return trial.p50Ms;
    case 'throughput':
      return trial.throughputPerS;
  }
}
