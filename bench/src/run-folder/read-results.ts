import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { resultsSchema, type Results } from '../record/index.js';

/** results.json of a run folder. Throws, saying what to do, when there is none or it is of another format. */
export async function readResults(folder: string): Promise<Results> {
  const file = join(folder, 'results.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`${folder} has no results.json: is it a run folder? npm run report -- ${folder} makes it`, {
      cause,
    });
  });
  const record: unknown = JSON.parse(text);
  const { formatVersion: wanted } = resultsSchema.shape;
  const version = z.object({ formatVersion: z.unknown() }).safeParse(record).data?.formatVersion;
  if (version !== wanted.value)
    throw new Error(
      `${file} has format ${String(version)}, and this version reads format ${wanted.value}: npm run report -- ${folder} makes it anew from the samples`,
    );
  const parsed = resultsSchema.safeParse(record);
  if (!parsed.success) throw new Error(`${file} is not what its format says: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
