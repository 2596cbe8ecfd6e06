import type { TensorValue } from '@serving-study/runtime';

/** Rows that one request, or a part of it, wants in a batch. */
export interface BatchTask {
  readonly rows: number;
  /** By tensor name; the first dimension of each is `rows`. */
  readonly feeds: ReadonlyMap<string, TensorValue>;
  /** 0 = no limit. */
  readonly timeoutMs: number;
  /** On the clock of performance.now(). */
  readonly enqueuedMs: number;
  /** Outputs by tensor name, this task's rows of them. */
  readonly resolve: (outputs: ReadonlyMap<string, TensorValue>) => void;
  readonly reject: (error: unknown) => void;
}
