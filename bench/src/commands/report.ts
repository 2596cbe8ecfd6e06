import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { analyse } from '../analysis/analyse.js';
import { resultsSchema, type Results } from '../record/index.js';
import { compareReports, renderReport, verdictLines } from '../report/index.js';
import type { Progress } from '../run/progress.js';

/** Makes results.json and the report from the files of a run folder. Returns whether anything in it is valid. */
export async function report(folder: string, progress: Progress): Promise<boolean> {
  progress.now('computing statistics');
  const results = await analyse(folder);
  progress.now('drawing charts');
  await renderReport(results, folder);
  const { isTTY } = process.stderr;
  for (const line of verdictLines(results, isTTY && process.stderr.hasColors())) progress.say(line);
  progress.say(`Report: ${join(folder, 'report.html')} (also report.md, results.json)`);
  return isValid(results);
}

/** Nothing is where contestants predict otherwise, or where no cell is valid and no claim was decided without one. */
function isValid({ study, cells, claims }: Results): boolean {
  const decided = claims.some(({ verdict, standin }) => verdict !== 'NOT TESTED' || standin !== undefined);
  return study.parity?.passed !== false && (cells.some(({ valid }) => valid) || decided);
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
