import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where everything that set-up makes lives; git-ignored, safe to delete as a whole. */
export interface CacheLayout {
  readonly root: string;
  /** Held by the one set-up that may write below `root`. Never deleted: a lock file that comes and goes locks nothing. */
  readonly lock: string;
  /** Half-done work of the set-up that holds the lock; what a killed one left is swept by the next. */
  readonly staging: string;
  /** `<distribution>-<version>/{lib,include,engine.json}`. */
  readonly engines: string;
  /** Names the engine in use: a person may have provisioned several (CPU and GPU). */
  readonly currentEngine: string;
  /** Wheels kept until the Python environment is installed from them too. */
  readonly wheels: string;
  /** One folder per built binding. */
  readonly bindings: string;
  readonly venv: string;
  /** TensorFlow Serving's program, fetched from its image: `current.json`, `blobs/`, a folder for each image. */
  readonly tfserving: string;
}

const DEFAULT_CACHE = fileURLToPath(new URL('../../../.cache', import.meta.url));

/** The layout below `root`, which is `.cache` of this checkout unless told. */
export function cacheLayout(root: string = DEFAULT_CACHE): CacheLayout {
  return {
    root,
    lock: join(root, 'setup.lock'),
    staging: join(root, 'staging'),
    engines: join(root, 'engine'),
    currentEngine: join(root, 'engine', 'current.json'),
    wheels: join(root, 'wheels'),
    bindings: join(root, 'binding'),
    venv: join(root, 'venv'),
    tfserving: join(root, 'tfserving'),
  };
}
