import type { LoadedVersion } from './loaded-version.js';

interface Routes {
  readonly versions: ReadonlyMap<bigint, LoadedVersion>;
  readonly latest: LoadedVersion;
}

/**
 * Which versions answer at one instant. A table never changes: loading or unloading a version makes a new one, and the old
 * one lives until the last request that was routed by it is done.
 */
export class RoutingTable {
  readonly #models: ReadonlyMap<string, Routes>;
  /** Requests that were routed by this table and are not done. */
  handles = 0;
  whenFree: (() => void) | undefined;

  constructor(versions: readonly LoadedVersion[]) {
    const models = new Map<string, { versions: Map<bigint, LoadedVersion>; latest: LoadedVersion }>();
    for (const loaded of versions) {
      const routes = models.get(loaded.name) ?? { versions: new Map<bigint, LoadedVersion>(), latest: loaded };
      routes.versions.set(loaded.version, loaded);
      if (loaded.version > routes.latest.version) routes.latest = loaded;
      models.set(loaded.name, routes);
    }
    this.#models = models;
  }

  /** The largest ready version. */
  latest(name: string): LoadedVersion | undefined {
    return this.#models.get(name)?.latest;
  }

  version(name: string, version: bigint): LoadedVersion | undefined {
    return this.#models.get(name)?.versions.get(version);
  }
}
