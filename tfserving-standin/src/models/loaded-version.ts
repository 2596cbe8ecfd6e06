import type { Signature, TensorValue } from '@serving-study/runtime';
import type { RunContext } from '../core.js';

/** One version of a model in memory, ready to answer. */
export interface LoadedVersion {
  readonly name: string;
  readonly version: bigint;
  readonly signatures: ReadonlyMap<string, Signature>;
  readonly signatureDefMap: Uint8Array;
  /** Rejects with StatusError. `countAs` is the model name under which the run is counted, default: the version's own. */
  run(
    feeds: Map<string, TensorValue>,
    fetches: readonly string[],
    options: RunContext,
    countAs?: string,
  ): Promise<TensorValue[]>;
  /** Waits for the runs in flight, then frees the memory. */
  close(): Promise<void>;
}
