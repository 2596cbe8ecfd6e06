import type { LoadedVersion } from './loaded-version.js';
import type { PolicyVersion, Stage } from './next-action.js';

/** A version between being found and being gone. */
export class ManagedVersion implements PolicyVersion {
  readonly name: string;
  readonly version: bigint;
  readonly path: string;
  stage: Stage = 'new';
  aspired = true;
  loaded: LoadedVersion | undefined;
  /** Fires when the version is no longer wanted: a load that waits for its next try gives up. */
  readonly unwanted = new AbortController();

  constructor(name: string, version: bigint, path: string) {
    this.name = name;
    this.version = version;
    this.path = path;
  }

  /** As TensorFlow Serving writes a version in its log: `{name: m version: 2}`. */
  toString(): string {
    return `{name: ${this.name} version: ${this.version}}`;
  }
}
