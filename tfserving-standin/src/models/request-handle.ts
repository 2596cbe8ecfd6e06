import type { Signature, TensorValue } from '@serving-study/runtime';
import type { RunContext, Servable } from '../core.js';
import type { LoadedVersion } from './loaded-version.js';
import type { RoutingTable } from './routing-table.js';

/** What one request holds: the version it was routed to, by the table of that instant. */
export class RequestHandle implements Servable {
  readonly name: string;
  readonly version: bigint;
  readonly #loaded: LoadedVersion;
  #table: RoutingTable | undefined;

  constructor(loaded: LoadedVersion, table: RoutingTable) {
    this.name = loaded.name;
    this.version = loaded.version;
    this.#loaded = loaded;
    this.#table = table;
    table.handles += 1;
  }

  get signatures(): ReadonlyMap<string, Signature> {
    return this.#loaded.signatures;
  }

  get signatureDefMap(): Uint8Array {
    return this.#loaded.signatureDefMap;
  }

  run(feeds: Map<string, TensorValue>, fetches: readonly string[], options: RunContext): Promise<TensorValue[]> {
    return this.#loaded.run(feeds, fetches, options);
  }

  /** Safe to call twice. */
  release(): void {
    const table = this.#table;
    this.#table = undefined;
    if (table === undefined) return;
    table.handles -= 1;
    if (table.handles === 0) table.whenFree?.();
  }
}
