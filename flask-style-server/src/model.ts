import type { Signature } from '@serving-study/runtime';

/** A model in memory, whichever way it runs. */
export interface Model {
  readonly version: string;
  readonly signatures: ReadonlyMap<string, Signature>;
  predict(signature: string, inputs: Tensors): Prediction | Promise<Prediction>;
}

/** Inputs or outputs by the names that clients use. */
export type Tensors = ReadonlyMap<string, Tensor>;

export interface Tensor {
  readonly shape: readonly number[];
  /** Row-major. Strings for `string`, 0 and 1 for `bool`, Int32Array for every kind of integer: the binding knows no other. */
  readonly values: Float32Array | Float64Array | Int32Array | Uint8Array | readonly Uint8Array[];
}

export interface Prediction {
  readonly outputs: Tensors;
  /** Milliseconds spent waiting for a turn, and running. */
  readonly timing: { readonly queue?: number; readonly inference: number };
}
