import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheLayout } from '@serving-study/runtime';
import { z } from 'zod';

/** What `.cache/tfserving/current.json` says: written last, when the program is there and has run. bench reads it too. */
const fetchedServing = z.object({
  image: z.string(),
  /** Of the image's index where it has one, else of its manifest. */
  digest: z.string(),
  /** As the program tells it. */
  version: z.string(),
  /** From the folder of this file. */
  program: z.string(),
  fetchedAt: z.string(),
});
export type FetchedServing = z.infer<typeof fetchedServing>;

/** The program fetched last; undefined when there is none as a whole. */
export async function findFetched({ tfserving }: CacheLayout): Promise<FetchedServing | undefined> {
  try {
    const found = fetchedServing.parse(JSON.parse(await readFile(join(tfserving, CURRENT), 'utf8')));
    return existsSync(join(tfserving, found.program)) ? found : undefined;
  } catch {
    return undefined; // unreadable is as good as absent: it is fetched again
  }
}

export const CURRENT = 'current.json';
