import { percentileMs, type Cell, type CellResult, type Interval } from '../../record/index.js';
import type { ReportContext } from '../sections/report-context.js';

interface Figures {
  readonly p50Ms: Interval | null;
  readonly perS: Interval;
}

/** A cell that the baseline and another run measured, with its main figures. */
export interface CellPair {
  readonly cell: Cell;
  readonly label: string;
  /** Name of the other run. */
  readonly run: string;
  /** Whether the figures are the stand-in's in both runs. */
  readonly standin: boolean;
  /** Why nothing can be said of it: INVALID in one of the runs, or not the same server behind it. */
  readonly leftOut: 'invalid' | 'other backend' | false;
  readonly base: Figures;
  readonly own: Figures;
}

/** Cells of both runs with the same id. */
export function cellPairs(base: ReportContext, other: ReportContext, run: string): CellPair[] {
  return base.measured.flatMap((one): CellPair[] => {
    const { cell } = one;
    const two = other.measured.find((each) => each.cell.id === cell.id);
    if (two === undefined) return [];
    const [label, standin] = [base.label(cell.contestant), base.isStandin(cell.contestant)];
    const isOther = base.contestant(cell.contestant)?.backend !== other.contestant(cell.contestant)?.backend;
    const leftOut = isOther ? 'other backend' : !(one.valid && two.valid) && 'invalid';
    return [{ cell, label, run, standin, leftOut, base: figures(one), own: figures(two) }];
  });
}

/** How many times the baseline's figure another is, over the whole of both spans: it can only be too wide. Null without one. */
export function ratioTo(base: Interval | null, own: Interval | null): Interval | null {
  if (base === null || own === null || base.low <= 0) return null;
  return { value: own.value / base.value, low: own.low / base.high, high: own.high / base.low };
}

function figures(each: CellResult): Figures {
  const p50 = percentileMs(each.response, 0.5);
  const trials = each.trials.flatMap(({ valid, p50Ms }) => (valid && p50Ms !== null ? [p50Ms] : []));
  // A median has no interval of its own in the results: its trials' lowest and highest medians take the place.
  return {
    p50Ms: p50 === null ? null : { value: p50, low: Math.min(p50, ...trials), high: Math.max(p50, ...trials) },
    perS: each.throughputPerS,
  };
}
