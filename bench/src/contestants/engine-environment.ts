import type { Launch } from './instance.js';

/**
 * What TensorFlow reads from the environment of every contestant alike, a TensorFlow Serving that is started here included:
 * its own kernels (docs/decisions/0014-kernels.md), and no GPU unless the launch asks for it.
 */
export function engineEnvironment({ factors }: Launch): Record<string, string> {
  return {
    TF_ENABLE_ONEDNN_OPTS: '0',
    TF_CPP_MIN_LOG_LEVEL: '2',
    ...(factors['device'] === 'gpu' ? {} : { CUDA_VISIBLE_DEVICES: '-1' }),
  };
}
