import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { LATENCIES, type Latency } from '../record/index.js';
import { makeFolder, writeAtomically, type RunFolder } from '../run-folder/index.js';

const ENDING = '.hgrm';

/** A cell's latencies as HdrHistogram's percentile text. */
export type PercentileTexts = Readonly<Record<Latency, string>>;

/**
 * Writes two files for each cell into percentiles/ of the run folder, whole or not at all, and takes away those of cells that
 * have none any more. Returns their names relative to the folder.
 */
export async function writePercentileFiles(
  folder: RunFolder,
  cells: ReadonlyMap<string, PercentileTexts>,
): Promise<string[]> {
  await makeFolder(folder.percentiles);
  const names: string[] = [];
  for (const [cell, texts] of cells) {
    for (const kind of LATENCIES) {
      const name = percentileFileName(cell, kind);
      await writeAtomically(join(folder.percentiles, name), texts[kind]);
      names.push(name);
    }
  }
  for (const name of await readdir(folder.percentiles))
    if (name.endsWith(ENDING) && !names.includes(name)) await rm(join(folder.percentiles, name));
  return names.map((name) => relative(folder.path, join(folder.percentiles, name)));
}

/** The cell's id with `_` for `/`, like the samples file; what else a file system may not take as its code, so that no two ids meet. */
function percentileFileName(cell: string, kind: string): string {
  const safe = cell.replace(/[^A-Za-z0-9.-]/gu, (character) =>
    character === '/' ? '_' : `~${(character.codePointAt(0) ?? 0).toString(16)}~`,
  );
  return `${safe}.${kind}${ENDING}`;
}
