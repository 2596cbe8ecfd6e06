import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resultsSchema, type Results } from '../record/index.js';
import { parseRecord } from './parse-record.js';

/** results.json of a run folder. Throws, saying what to do, when there is none or it is of another format. */
export async function readResults(folder: string): Promise<Results> {
  const file = join(folder, 'results.json');
  const again = `npm run report -- ${folder}`;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`${folder} has no results.json: is it a run folder? ${again} makes it`, { cause });
  });
  return parseRecord(file, text, resultsSchema, () => `${again} makes it again from the samples`);
}
