/** One instance and the prediction that Python gave for it. */
export interface GoldenCase {
  /** Row-major values of one instance, without the batch dimension. */
  readonly input: Float32Array;
  readonly expected: Float32Array;
}

/** What is needed to ask one version of a model something and to know the answer. */
export interface GoldenSet {
  readonly model: string;
  readonly version: number;
  readonly inputAlias: string;
  /** The signature that takes an instance as a string of its little-endian float32 values; absent where the model has none. */
  readonly bytesSignature?: string;
  readonly outputAlias: string;
  /** Shape of one instance, without the batch dimension. */
  readonly instanceShape: readonly number[];
  readonly cases: readonly GoldenCase[];
}
