/** Read by TensorFlow when its library is loaded. */
const SWITCH = 'TF_ENABLE_ONEDNN_OPTS';

/**
 * Keeps TensorFlow to its own kernels unless the environment says otherwise. Without it TensorFlow takes oneDNN's on some
 * processors (those with AVX512-VNNI, AVX512-BF16 or AMX) and not on others, so that a study compares other code from one
 * machine to the next; and oneDNN's convolution ends the whole process when a request has the wrong number of dimensions
 * (docs/decisions/0014-kernels.md). Call it before the library is loaded; in a worker thread it works only when the thread was
 * started with SHARE_ENV, since it has a copy of the environment otherwise.
 */
export function keepToPlainKernels(env: NodeJS.ProcessEnv): void {
  env[SWITCH] ??= '0';
}
