import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CacheLayout } from '@serving-study/runtime';
import { z } from 'zod';
import type { Requirements } from './requirements.js';

const MARKER = 'complete.json';

/** Written into the environment last: one without it is half-installed. */
const marker = z.object({
  requirementsSha256: z.string(),
  /** Absent until the added ones are installed too. */
  addedSha256: z.string().optional(),
  python: z.string(),
  installedAt: z.string(),
});
export type PythonMarker = z.infer<typeof marker>;

export function markerPath(layout: CacheLayout): string {
  return join(layout.venv, MARKER);
}

export function pythonOf(layout: CacheLayout): string {
  return join(layout.venv, 'bin', 'python');
}

/** What the environment was made from; undefined when it is not whole or its Python is gone. */
export async function findPythonEnvironment(layout: CacheLayout): Promise<PythonMarker | undefined> {
  if (!existsSync(pythonOf(layout))) return undefined;
  try {
    return marker.parse(JSON.parse(await readFile(markerPath(layout), 'utf8')));
  } catch {
    return undefined; // no marker, or not ours: made again
  }
}

/** Whether the environment was made from these pins, the added ones included. */
export function holds(made: PythonMarker | undefined, { sha256, added }: Requirements): boolean {
  return made?.requirementsSha256 === sha256 && made.addedSha256 === added?.sha256;
}
