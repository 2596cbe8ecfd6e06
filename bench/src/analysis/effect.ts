import type { Cell, CellResult, Condition, Effect } from '../record/index.js';
import { pairedRatio, type Pair } from '../stats/index.js';
import type { Findings } from './findings.js';

/** What two cells are compared by, trial by trial. */
export type Metric =
  'p50 service time' | 'p90 response time' | 'p90 service time' | 'throughput' | 'instances per second';

const BETTER: Readonly<Record<Metric, 'lower' | 'higher'>> = {
  'p50 service time': 'lower',
  'p90 response time': 'lower',
  'p90 service time': 'lower',
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
  const pairs = pairsOf(metric, numerator, denominator);
  if (pairs.length < 2) return undefined;
  const { ratio, low, high } = pairedRatio(pairs, findings.study.plan.seeds.order);
  return {
    metric,
    ratioOf: sides(findings, numerator.cell, denominator.cell),
    cells: { numerator: numerator.cell.id, denominator: denominator.cell.id },
    better: BETTER[metric],
    ratio,
    low,
    high,
    pairs: pairs.length,
  };
}

/** The metric of both cells in every block that both were measured in. */
export function pairsOf(metric: Metric, numerator: CellResult, denominator: CellResult): Pair[] {
  return numerator.trials.flatMap((own) => {
    const other = denominator.trials.find(({ block }) => block === own.block);
    if (other === undefined || !own.valid || !other.valid) return [];
    const pair = { numerator: value(metric, own, numerator), denominator: value(metric, other, denominator) };
    // Without right answers there is no ratio; only where failures are allowed is a cell with such a trial valid.
    return pair.numerator > 0 && pair.denominator > 0 ? [pair] : [];
  });
}

/** 0 where there is none. */
function value(metric: Metric, trial: CellResult['trials'][number], { cell }: CellResult): number {
  switch (metric) {
    case 'p50 service time':
      return trial.p50Ms ?? 0;
    case 'p90 response time':
      return trial.responseP90Ms ?? 0;
    case 'p90 service time':
      return trial.serviceP90Ms ?? 0;
    case 'throughput':
      return trial.throughputPerS;
    case 'instances per second':
      return trial.throughputPerS * cell.condition.batch;
  }
}

/** What is divided by what, in words: the contestants, and what else differs between their conditions. */
function sides(findings: Findings, a: Cell, b: Cell): string {
  const same = a.contestant === b.contestant;
  const [differsA, differsB] = [differences(a.condition, b.condition), differences(b.condition, a.condition)];
  const side = (cell: Cell, differs: readonly string[]): string =>
    [...(same && differs.length > 0 ? [] : [findings.label(cell.contestant)]), ...differs].join(', ');
  const where = same && differsA.length > 0 ? ` (${findings.label(a.contestant)})` : '';
  return `${side(a, differsA)} / ${side(b, differsB)}${where}`;
}

/** What of a condition is not so in the other. The payload counts within one protocol only: between two it is part of them. */
function differences(own: Condition, other: Condition): string[] {
  const isGrpc = ({ payload }: Condition): boolean => payload === 'tensor-content' || payload === 'float-val';
  return [
    ...(own.model === other.model ? [] : [own.model]),
    ...(own.batch === other.batch ? [] : [`${own.batch} instance${own.batch === 1 ? '' : 's'}`]),
    ...(own.payload === other.payload || isGrpc(own) !== isGrpc(other) ? [] : [own.payload]),
    ...Object.entries(own.factors ?? {}).flatMap(([name, value]) =>
      other.factors?.[name] === value ? [] : [`${name} ${value}`],
    ),
    ...Object.keys(other.factors ?? {}).flatMap((name) => (own.factors?.[name] === undefined ? [`no ${name}`] : [])),
  ];
}
