import type { Servable } from '../core.js';
import { StatusError } from '../status-error.js';
import type { LoadedVersion } from './loaded-version.js';
import { RequestHandle } from './request-handle.js';
import { RoutingTable } from './routing-table.js';

/** Routes requests to loaded versions. */
export class Router {
  readonly #versions = new Set<LoadedVersion>();
  #table = new RoutingTable([]);

  /** The given version, or the largest one. Throws StatusError NOT_FOUND when it does not serve now. */
  acquire(name: string, version?: bigint): Servable {
    const table = this.#table;
    const loaded = version === undefined ? table.latest(name) : table.version(name, version);
    if (loaded === undefined) {
      const wanted = version === undefined ? `Latest(${name})` : `Specific(${name}, ${version})`;
      throw new StatusError('NOT_FOUND', `Servable not found for request: ${wanted}`);
    }
    return new RequestHandle(loaded, table);
  }

  /** From now on requests reach this version; resolves when all requests that were routed before are done. */
  add(version: LoadedVersion): Promise<void> {
    this.#versions.add(version);
    return this.#replaceTable();
  }

  /** From now on no request reaches this version; resolves when all requests that were routed before are done. */
  remove(version: LoadedVersion): Promise<void> {
    this.#versions.delete(version);
    return this.#replaceTable();
  }

  async #replaceTable(): Promise<void> {
    const old = this.#table;
    this.#table = new RoutingTable([...this.#versions]);
    if (old.handles > 0) await new Promise<void>((resolve) => (old.whenFree = resolve));
  }
}
