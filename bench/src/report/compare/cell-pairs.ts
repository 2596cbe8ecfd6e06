import type { CellResult } from '../../record/index.js';
import { percentileMs } from '../sections/cell-selection.js';
import type { ReportContext } from '../sections/report-context.js';

export interface Figure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A cell that both runs measured validly, in both its main figures. */
export interface CellPair {
  readonly cell: CellResult['cell'];
  readonly label: string;
  /** Whether the figures are the stand-in's in both runs. */
  readonly standin: boolean;
  readonly a: { readonly p50Ms: Figure | null; readonly perS: Figure };
  readonly b: { readonly p50Ms: Figure | null; readonly perS: Figure };
}

/** Cells of both runs with the same id and the same server behind it; how many ids were left out, and why. */
export function cellPairs(
  a: ReportContext,
  b: ReportContext,
): { readonly pairs: readonly CellPair[]; readonly invalid: number; readonly otherBackend: number } {
  const pairs: CellPair[] = [];
  let invalid = 0;
  let otherBackend = 0;
  for (const one of a.measured) {
    const two = b.measured.find(({ cell }) => cell.id === one.cell.id);
    if (two === undefined) continue;
    if (a.contestant(one.cell.contestant)?.backend !== b.contestant(two.cell.contestant)?.backend) otherBackend += 1;
    else if (!one.valid || !two.valid) invalid += 1;
    else
      pairs.push({
        cell: one.cell,
        label: a.label(one.cell.contestant),
        standin: a.isStandin(one.cell.contestant),
        a: figures(one),
        b: figures(two),
      });
  }
  return { pairs, invalid, otherBackend };
}

/** Over the whole of both spans, so that it can only be too wide. */
export function ratioOf(a: Figure, b: Figure): Figure {
  return { value: b.value / a.value, low: b.low / a.high, high: b.high / a.low };
}

export function overlap(a: Figure, b: Figure): boolean {
  return a.low <= b.high && b.low <= a.high;
}

function figures(each: CellResult): CellPair['a'] {
  const p50 = percentileMs(each.response, 0.5);
  const trials = each.trials.flatMap(({ valid, p50Ms }) => (valid && p50Ms !== null ? [p50Ms] : []));
  // A median has no interval of its own in the results: its trials' lowest and highest medians take the place.
  return {
    p50Ms: p50 === null ? null : { value: p50, low: Math.min(p50, ...trials), high: Math.max(p50, ...trials) },
    perS: each.throughputPerS,
  };
}
