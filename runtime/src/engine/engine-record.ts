import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CacheLayout } from './cache-layout.js';

export const ENGINE_RECORD = 'engine.json';

/** Written last into a fresh engine folder: a folder without it is not an engine. */
const engineRecord = z.object({
  distribution: z.string(),
  version: z.string(),
  /** Name and sha256 of the wheel it was unpacked from. */
  wheel: z.string(),
  sha256: z.string(),
  /** `pip`, `https` or `file`: how the wheel was had. */
  source: z.enum(['pip', 'https', 'file']),
  unpackedAt: z.string(),
});
export type EngineRecord = z.infer<typeof engineRecord>;

const currentEngine = z.object({ directory: z.string() });

/** The record in an engine's folder; undefined when there is none or it does not read. */
export async function readEngineRecord(directory: string): Promise<EngineRecord | undefined> {
  return parsedFile(join(directory, ENGINE_RECORD), engineRecord);
}

/** Folder of the engine in use; undefined before the first set-up. */
export async function currentEngineDirectory(layout: CacheLayout): Promise<string | undefined> {
  const current = await parsedFile(layout.currentEngine, currentEngine);
  return current === undefined ? undefined : join(layout.engines, current.directory);
}

async function parsedFile<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined; // unreadable is as good as absent: set-up writes it again
  }
}
