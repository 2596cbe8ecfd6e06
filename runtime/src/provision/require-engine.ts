import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineLibrary } from './engine-library.js';

/** The TensorFlow in use: where its libraries are and which release they say they are. */
export interface Engine {
  readonly library: EngineLibrary;
  /** Release of the wheel it was unpacked from, e.g. `2.21.0`. */
  readonly version: string;
  /** Distribution it came from, e.g. `tensorflow-cpu`. */
  readonly distribution: string;
}

const CACHE = fileURLToPath(new URL('../../../.cache', import.meta.url));

/** The engine that `npm run setup` provisioned. Throws, saying so, when there is none. */
export async function requireEngine(cache: string = CACHE): Promise<Engine> {
  const lib = join(cache, 'engine', 'tensorflow-cpu-2.21.0', 'lib');
  const library = { tensorflow: join(lib, 'libtensorflow_cc.so.2'), framework: join(lib, 'libtensorflow_framework.so.2') };
  if (!existsSync(library.tensorflow)) throw new Error(`TensorFlow's library is not at ${lib}; run: npm run setup`);
  return await Promise.resolve({ library, version: '2.21.0', distribution: 'tensorflow-cpu' });
}
