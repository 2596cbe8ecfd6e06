import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js';
import { BINDING_FILE, bindingPackage, type BindingPackage } from './binding-package.js';
import { keepToPlainKernels } from '../engine/plain-kernels.js';

/** Threads inside one op, and for several ops at once; 0 or absent: TensorFlow decides. */
export interface ThreadCounts {
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
}

/**
 * Loads the binding of `@tensorflow/tfjs-node-gpu` on the engine that `npm run setup` built it against; of the package's
 * JavaScript nothing is loaded. Predictions with it are synchronous: they block this thread. Throws, saying what to run, when
 * it was not built. Thread counts take effect when this process loads it for the first time: the binding has no option for
 * them, TensorFlow reads them from the environment.
 *
 * - Every worker thread may load it too; the threads share one TensorFlow library and load a model each.
 * - It may be loaded in a process that also opens SavedModels with `SavedModel.load`: both are then on the same library file.
 * - TensorFlow writes to standard error unless TF_CPP_MIN_LOG_LEVEL is set in the environment.
 */
export function loadBinding(
  { intraOpThreads = 0, interOpThreads = 0 }: ThreadCounts = {},
  { lookedUpIn }: BindingPackage = bindingPackage(),
): TFJSBinding {
  const file = join(lookedUpIn, BINDING_FILE);
  if (!existsSync(file))
    throw new Error(`TensorFlow's binding is not built (nothing in ${lookedUpIn}); run: npm run setup`);
  // eslint-disable-next-line no-restricted-properties -- the library reads this process's environment itself
  const { env } = process;
  keepToPlainKernels(env);
  if (intraOpThreads > 0) env['TF_NUM_INTRAOP_THREADS'] = String(intraOpThreads);
  if (interOpThreads > 0) env['TF_NUM_INTEROP_THREADS'] = String(interOpThreads);
  return createRequire(import.meta.url)(file) as TFJSBinding;
}
