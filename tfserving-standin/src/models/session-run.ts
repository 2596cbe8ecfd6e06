import type { TensorValue } from '@serving-study/runtime';

/**
 * Runs a graph; what a batcher wraps. `feeds` is emptied when the engine has its own copy: large tensors need not be there
 * twice. `timeoutMs` 0 = no limit. Rejects with StatusError.
 */
export type SessionRun = (
  feeds: Map<string, TensorValue>,
  fetches: readonly string[],
  timeoutMs: number,
) => Promise<TensorValue[]>;
