import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { analyse } from '../analysis/analyse.js';
import { noneAgrees, resultsSchema, type Results } from '../record/index.js';
import { compareReports, renderReport, verdictLines } from '../report/index.js';
import type { Progress } from '../run/progress.js';
import { missedThresholds, type Threshold } from './thresholds.js';

export interface ReportOptions {
  readonly progress: Progress;
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
  progress.now('computing statistics');
  const results = await analyse(folder);
  progress.now('drawing charts');
  await renderReport(results, folder);
  const { isTTY } = process.stderr;
  for (const line of verdictLines(results, isTTY && process.stderr.hasColors())) progress.say(line);
  progress.say(`Report: ${join(folder, 'report.html')} (also report.md, results.json)`);
  const outcome = { isValid: isValid(results), missed: missedThresholds(failOn, results) };
  if (json) print(JSON.stringify({ folder, ...outcome, verdicts: results.claims }, undefined, 1));
  return outcome;
}

/** Nothing is where no contestant predicts as the model does, or where no cell is valid and no claim was decided without one. */
function isValid({ study, cells, claims }: Results): boolean {
  const decided = claims.some(({ verdict, standin }) => verdict !== 'NOT TESTED' || standin !== undefined);
  return !noneAgrees(study.parity) && (cells.some(({ valid }) => valid) || decided);
}

/** Writes what changed from run `a` to run `b` into `b`. */
export async function compare(a: string, b: string, progress: Progress): Promise<void> {
  const [before, after] = [await readResults(a), await readResults(b)];
  const file = await compareReports(before, after, b);
  progress.say(`Comparison: ${file}`);
}

async function readResults(folder: string): Promise<Results> {
  const text = await readFile(join(folder, 'results.json'), 'utf8').catch((cause: unknown) => {
    throw new Error(`${folder} has no results.json: is it a run folder? npm run report -- ${folder} makes it`, {
      cause,
    });
  });
  return resultsSchema.parse(JSON.parse(text));
}
