import { join } from 'node:path';
import { analyse } from '../analysis/analyse.js';
import type { Results } from '../record/index.js';
import { compareReports, renderReport, verdictLines } from '../report/index.js';
import { readResults } from '../run-folder/index.js';
import type { Progress } from '../study/progress.js';

/** Makes results.json and the report from the files of a run folder. Returns whether anything in it is valid. */
export async function report(folder: string, progress: Progress): Promise<boolean> {
  progress.now('computing statistics');
  const results = await analyse(folder);
  progress.now('drawing charts');
  await renderReport(results, folder);
  const { isTTY, columns } = process.stderr;
  const colour = isTTY && process.stderr.hasColors();
  for (const line of verdictLines(results, { colour, columns: isTTY ? columns : 100 })) progress.say(line);
  progress.say(`Report: ${join(folder, 'report.html')} (also report.md, results.json)`);
  return isValid(results);
}

/** Nothing is where contestants predict otherwise, or where no cell is valid and no claim was decided without one. */
function isValid({ study, cells, claims }: Results): boolean {
  const decided = claims.some(({ verdict, standin }) => verdict !== 'NOT TESTED' || standin !== undefined);
  return study.parity?.passed !== false && (cells.some(({ valid }) => valid) || decided);
}

/** Writes what changed from the first run to each of the others into the folder of the last. */
export async function compare(folders: readonly string[], progress: Progress): Promise<void> {
  const runs = await Promise.all(folders.map(readResults));
  progress.say(`Comparison: ${await compareReports(runs, folders.at(-1) ?? '.')} (also comparison.md)`);
}
