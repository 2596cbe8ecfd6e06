import type { CellResult, Effect } from '../record/index.js';
import { pairedRatio } from '../stats/index.js';
import type { Findings } from './findings.js';

/** What two cells are compared by, trial by trial. */
export type Metric = 'p50 service time' | 'p95 response time' | 'throughput' | 'instances per second';

const BETTER: Readonly<Record<Metric, 'lower' | 'higher'>> = {
  'p50 service time': 'lower',
  'p95 response time': 'lower',
  throughput: 'higher',
  'instances per second': 'higher',
};

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
    if (other === undefined || !own.valid || !other.valid) return [];
    const pair = { numerator: value(metric, own, numerator), denominator: value(metric, other, denominator) };
    return pair.numerator === null || pair.denominator === null
      ? []
      : [{ numerator: pair.numerator, denominator: pair.denominator }];
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

function value(metric: Metric, trial: CellResult['trials'][number], { cell }: CellResult): number | null {
  switch (metric) {
    case 'p50 service time':
      return trial.p50Ms;
    case 'p95 response time':
      return trial.responseP95Ms;
    case 'throughput':
      return trial.throughputPerS;
    case 'instances per second':
      return trial.throughputPerS * cell.condition.batch;
  }
}
