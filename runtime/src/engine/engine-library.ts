/** The two shared libraries TensorFlow's wheel ships, by absolute path. */
export interface EngineLibrary {
  /** libtensorflow_cc: the C API and the kernels. */
  readonly tensorflow: string;
  /** libtensorflow_framework: what the other one leaves undefined. */
  readonly framework: string;
}
