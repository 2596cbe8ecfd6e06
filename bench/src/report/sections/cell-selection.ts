import type { CellResult } from '../../record/index.js';
import type { Whose } from '../charts/series-style.js';
import { formatLoop, formatSetting } from '../../words/condition.js';
import { groupBy } from '../group-by.js';

/** Cells of one setting under different loads. */
export interface LoadSweep {
  readonly setting: string;
  readonly cells: readonly CellResult[];
}

const MAIN_EXPERIMENTS = new Set(['headline', 'concurrency']);

/** The cells that the report's own figures are made of: those of the main experiments, or all when neither was run. */
export function mainCells(cells: readonly CellResult[]): readonly CellResult[] {
  const main = cells.filter(({ cell }) => MAIN_EXPERIMENTS.has(cell.experiment));
  return main.length > 0 ? main : cells;
}

/** Groups of cells that differ in load and contestant only, the largest group first. */
export function loadSweeps(cells: readonly CellResult[]): LoadSweep[] {
  const groups = groupBy(cells, ({ cell }) => formatSetting(cell.condition));
  return [...groups]
    .map(([setting, members]) => ({ setting, cells: members }))
    .toSorted((a, b) => b.cells.length - a.cells.length);
}

export function concurrencyOf({ cell }: CellResult): number | undefined {
  return cell.condition.loop.kind === 'closed' ? cell.condition.loop.concurrency : undefined;
}

function rateOf({ cell }: CellResult): number | undefined {
  return cell.condition.loop.kind === 'open' ? cell.condition.loop.ratePerS : undefined;
}

/** Cells of the idle server: one client. */
export function idleCells(cells: readonly CellResult[]): readonly CellResult[] {
  return cells.filter((each) => concurrencyOf(each) === 1);
}

const MOST_RATES = 2;

/** The loads that the report draws one by one: the idle server, the busiest closed loop, up to two open rates. */
export function mainLoads(cells: readonly CellResult[]): (LoadSweep & { readonly load: string })[] {
  const [sweep] = loadSweeps(mainCells(cells));
  if (sweep === undefined) return [];
  const busiest = Math.max(0, ...sweep.cells.map((each) => concurrencyOf(each) ?? 0));
  const rates = [...new Set(sweep.cells.flatMap((each) => rateOf(each) ?? []))]
    .toSorted((a, b) => a - b)
    .slice(0, MOST_RATES);
  return [
    idleCells(sweep.cells),
    ...(busiest > 1 ? [sweep.cells.filter((each) => concurrencyOf(each) === busiest)] : []),
    ...rates.map((rate) => sweep.cells.filter((each) => rateOf(each) === rate)),
  ].flatMap((members) => {
    const [first] = members;
    return first === undefined
      ? []
      : [{ setting: sweep.setting, load: formatLoop(first.cell.condition.loop), cells: members }];
  });
}

/** Cells in two parts: those of the main loads, then all others. */
export function shownFirst(
  cells: readonly CellResult[],
): readonly [shown: readonly CellResult[], others: readonly CellResult[]] {
  const main = new Set(mainLoads(cells).flatMap((load) => load.cells));
  return [cells.filter((each) => main.has(each)), cells.filter((each) => !main.has(each))];
}

/** Whose figures a cell holds; with the payload as variant when the contestant takes part with several. */
export function whoseOf(each: CellResult, among: readonly CellResult[]): Whose {
  const { contestant, condition } = each.cell;
  const own = among.filter(({ cell }) => cell.contestant === contestant);
  const several = new Set(own.map(({ cell }) => cell.condition.payload)).size > 1;
  return several ? { contestant, variant: condition.payload } : { contestant };
}
