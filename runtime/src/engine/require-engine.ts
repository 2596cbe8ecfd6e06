import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheLayout, type CacheLayout } from './cache-layout.js';
import { currentEngineDirectory, readEngineRecord, type EngineRecord } from './engine-record.js';
import type { EngineLibrary } from './engine-library.js';

/** The TensorFlow in use: where it is, which release it is and where it came from. */
export interface Engine extends EngineRecord {
  /** Holds `lib/`, `include/` and `engine.json`. */
  readonly directory: string;
  readonly library: EngineLibrary;
}

/** The engine that `npm run setup` provisioned below `cache` (this checkout's `.cache`). Throws, saying so, when there is none. */
export async function requireEngine(cache?: string): Promise<Engine> {
  const layout = cacheLayout(cache);
  const engine = await findEngine(layout);
  if (engine === undefined) throw new Error(`there is no TensorFlow below ${layout.engines}; run: npm run setup`);
  return engine;
}

/** The engine in use, or the one in `directory`; undefined when it is not there as a whole. */
export async function findEngine(layout: CacheLayout, directory?: string): Promise<Engine | undefined> {
  const place = directory ?? (await currentEngineDirectory(layout));
  if (place === undefined) return undefined;
  const record = await readEngineRecord(place);
  const library = engineLibrary(place);
  if (record === undefined || !existsSync(library.tensorflow) || !existsSync(library.framework)) return undefined;
  return { ...record, directory: place, library };
}

function engineLibrary(directory: string): EngineLibrary {
  const lib = join(directory, 'lib');
  return { tensorflow: join(lib, 'libtensorflow_cc.so.2'), framework: join(lib, 'libtensorflow_framework.so.2') };
}
