import { join } from 'node:path';
import { analyse } from '../analysis/analyse.js';
import { noneAgrees, type CellResult, type Results } from '../record/index.js';
import { compareReports, renderReport, verdictLines } from '../report/index.js';
import { readResults, RunFolder } from '../run-folder/index.js';
import type { Progress } from '../run/progress.js';
import { missedThresholds, type Threshold } from './thresholds.js';

export interface ReportOptions {
  readonly progress: Pick<Progress, 'say' | 'now'>;
  /** What a pipeline does not accept. */
  readonly failOn: readonly Threshold[];
  /** Prints the verdicts for programs. */
  readonly json: boolean;
  readonly print: (text: string) => void;
}

/** How a command ended. */
export interface Outcome {
  /** Whether contestants could be compared and anything is valid. */
  readonly isValid: boolean;
  /** Thresholds that were missed, in words. */
  readonly missed: readonly string[];
}

export const NOTHING_RUN: Outcome = { isValid: true, missed: [] };

/** Makes results.json and the report from the files of a run folder, and tells the verdicts. */
export async function report(folder: string, { progress, failOn, json, print }: ReportOptions): Promise<Outcome> {
  await RunFolder.at(folder).readStudy(); // where there is no run nothing is computed
  progress.now('computing statistics');
  const results = await analyse(folder);
  progress.now('drawing charts');
  await renderReport(results, folder);
  const { isTTY, columns } = process.stderr;
  const colour = isTTY && process.stderr.hasColors();
  for (const line of verdictLines(results, { colour, columns: isTTY ? columns : 100 })) progress.say(line);
  const isCut = ({ gates }: CellResult['trials'][number]): boolean =>
    gates.some(({ name, passed }) => name === 'cut' && !passed);
  const [cut, ...others] = results.cells.flatMap(({ trials }) => trials.filter(isCut));
  if (cut !== undefined)
    progress.say(
      `Set aside, as not all samples are there: ${cut.id}${others.length === 0 ? '' : `, ${others.length} more`}`,
    );
  progress.say(`Report: ${join(folder, 'report.html')} (also report.md, results.json)`);
  const outcome = { isValid: isValid(results), missed: missedThresholds(failOn, results) };
  if (json) print(JSON.stringify({ folder, ...outcome, verdicts: results.claims }, undefined, 1));
  return outcome;
}

/**
 * Nothing is where no contestant predicts as the model does, where none of the planned cells is valid, or where none was planned
 * and no claim judged: the validity light is red then too.
 */
export function isValid({ study, cells, claims }: Pick<Results, 'study' | 'cells' | 'claims'>): boolean {
  const judged = claims.some(({ verdict, standin }) => verdict !== 'NOT TESTED' || standin !== undefined);
  return !noneAgrees(study.parity) && (cells.length === 0 ? judged : cells.some(({ valid }) => valid));
}

/** Writes what changed from the first run to each of the others into the folder of the last. */
export async function compare(folders: readonly string[], progress: ReportOptions['progress']): Promise<void> {
  const runs = await Promise.all(folders.map(readResults));
  progress.say(`Comparison: ${await compareReports(runs, folders.at(-1) ?? '.')} (also comparison.md)`);
}
