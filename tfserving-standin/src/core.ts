import type { Signature, TensorValue } from '@serving-study/runtime';

/** How a request names the version it wants. */
export type VersionChoice =
  | { readonly kind: 'latest' }
  | { readonly kind: 'version'; readonly version: bigint }
  | { readonly kind: 'label'; readonly label: string };

export interface ModelSpec {
  readonly name: string;
  readonly choice: VersionChoice;
}

/** A loaded version held for the time of one request: it is not unloaded before release(). */
export interface Servable {
  readonly name: string;
  readonly version: bigint;
  readonly signatures: ReadonlyMap<string, Signature>;
  /** The serialized tensorflow.serving.SignatureDefMap. */
  readonly signatureDefMap: Uint8Array;
  /**
   * Runs through the batcher if there is one for this version. Feeds and fetches by tensor name; `feeds` is emptied when the
   * engine has its own copy. Records runtime_latency.
   */
  run(feeds: Map<string, TensorValue>, fetches: readonly string[], options: RunContext): Promise<TensorValue[]>;
  release(): void;
}

export interface RunContext {
  /** 0 means no limit. */
  readonly timeoutMs: number;
  readonly api: 'Predict' | 'Classify' | 'Regress' | 'MultiInference';
}

export interface VersionStatus {
  readonly version: bigint;
  readonly state: 'START' | 'LOADING' | 'AVAILABLE' | 'UNLOADING' | 'END';
  /** Canonical name, `OK` when nothing failed. */
  readonly errorCode: string;
  readonly errorMessage: string;
}

/** What both front ends (rest/, grpc/) need from the model manager. Errors are StatusError. */
export interface ModelManager {
  acquire(spec: ModelSpec): Servable;
  /** Descending versions; throws StatusError NOT_FOUND for an unknown model or version. */
  status(name: string, version?: bigint): VersionStatus[];
}
