import type { CellResult } from '../record/index.js';
import type { Findings } from './findings.js';
import type { NamedPoint as Point } from './told.js';

/** One point per cell, in the colour of its contestant; invalid cells are marked, not left out. */
export function pointsByContestant(
  findings: Findings,
  cells: readonly CellResult[],
  x: (cell: CellResult) => number | string,
  y: (cell: CellResult) => number | { readonly value: number; readonly low: number; readonly high: number } | null,
): Point[] {
  return cells.flatMap((each): Point[] => {
    const value = y(each);
    if (value === null) return [];
    const height = typeof value === 'number' ? { y: value } : { y: value.value, low: value.low, high: value.high };
    return [{ series: findings.label(each.cell.contestant), x: x(each), ...height, valid: each.valid }];
  });
}

/** A percentile of a latency summary in milliseconds; null where too few samples certify it (method rule 9). */
export function percentileMs(summary: CellResult['service'], p: number): number | null {
  return summary.percentiles.find((each) => each.p === p)?.valueMs ?? null;
}

/** Requests of a cell that did not end with a right answer. */
export function notAnswered({ outcomes }: CellResult): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0) - outcomes.ok;
}

/** `0.51 ms`, `13.2 ms`, `n too small`: three significant digits. */
export function milliseconds(value: number | null): string {
  return value === null ? 'n too small' : `${Number(value.toPrecision(3))} ms`;
}
