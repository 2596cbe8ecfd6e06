import type { TensorValue } from '@serving-study/runtime';

/** Runs a graph; what a batcher wraps. `timeoutMs` 0 = no limit. Rejects with StatusError. */
export type SessionRun = (
  feeds: ReadonlyMap<string, TensorValue>,
  fetches: readonly string[],
  timeoutMs: number,
) => Promise<TensorValue[]>;
