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
  readonly outputAlias: string;
  /** Shape of one instance, without the batch dimension. */
  readonly instanceShape: readonly number[];
  readonly cases: readonly GoldenCase[];
}
