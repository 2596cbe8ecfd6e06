import type { Launch } from './instance.js';

/**
 * What TensorFlow reads from the environment of every contestant alike, a TensorFlow Serving that is started here included:
 * its own kernels (docs/decisions/0014-kernels.md), and no GPU unless the launch asks for it.
 */
export function engineEnvironment({ factors }: Launch): Record<string, string> {
  return {
    TF_ENABLE_ONEDNN_OPTS: '0',
    // On a GPU TensorFlow says as a warning why it takes the CPU instead.
    ...(factors['device'] === 'gpu'
      ? { TF_CPP_MIN_LOG_LEVEL: '1' }
      : { TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '-1' }),
  };
}
