import { percentileMs, type Cell, type CellResult, type Interval } from '../../record/index.js';
import type { ReportContext } from '../sections/report-context.js';

interface Figures {
  readonly p50Ms: Interval | null;
  readonly perS: Interval;
}

/** A cell that the baseline and another run measured validly, with its main figures. */
export interface CellPair {
  readonly cell: Cell;
  readonly label: string;
  /** Name of the other run. */
  readonly run: string;
  /** Whether the figures are the stand-in's in both runs. */
  readonly standin: boolean;
  readonly base: Figures;
  readonly own: Figures;
}

/** Cells of both runs with the same id and the same server behind it; how many ids were left out, and why. */
export function cellPairs(
  base: ReportContext,
  other: ReportContext,
  run: string,
): { readonly pairs: readonly CellPair[]; readonly invalid: number; readonly otherBackend: number } {
  const pairs: CellPair[] = [];
  let [invalid, otherBackend] = [0, 0];
  for (const one of base.measured) {
    const { cell } = one;
    const two = other.measured.find((each) => each.cell.id === cell.id);
    if (two === undefined) continue;
    if (base.contestant(cell.contestant)?.backend !== other.contestant(cell.contestant)?.backend) otherBackend += 1;
    else if (!one.valid || !two.valid) invalid += 1;
    else {
      const [label, standin] = [base.label(cell.contestant), base.isStandin(cell.contestant)];
      pairs.push({ cell, label, run, standin, base: figures(one), own: figures(two) });
    }
  }
  return { pairs, invalid, otherBackend };
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
