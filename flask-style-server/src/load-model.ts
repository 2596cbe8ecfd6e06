import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadBinding, readMetaGraph, type Binding } from '@serving-study/runtime';
import { serviceError } from '@serving-study/serving-kit';
import type { Model, Prediction, Tensor, Tensors } from './model.js';

/** The folder to load: `<basePath>/<version>`, the newest version unless told. */
export async function findVersion(basePath: string, pinned?: string): Promise<{ version: string; directory: string }> {
  const versions = (await readdir(basePath)).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
  const version = pinned ?? versions[0];
  if (version === undefined || !versions.includes(version))
    throw new Error(`${basePath} has no version ${version ?? 'folder'}; it has: ${versions.join(', ') || 'none'}`);
  return { version, directory: join(basePath, version) };
}

type TFSavedModel = Awaited<ReturnType<Binding['node']['loadSavedModel']>>;
type TensorInBinding = InstanceType<Binding['Tensor']>;

const BINDING_TYPES: Record<string, 'float32' | 'int32' | 'bool' | 'string'> = {
  float: 'float32',
  int32: 'int32',
  int64: 'int32',
  uint8: 'int32',
  bool: 'bool',
  string: 'string',
};

/** A model in this process: predict() has the answer when it returns. */
export interface LoadedModel extends Model, Disposable {
  predict(signature: string, inputs: Tensors): Prediction;
}

/** Loads a SavedModel into this process. Running it blocks the JavaScript thread, as it blocks a Flask worker. */
export async function loadModel(version: string, directory: string): Promise<LoadedModel> {
  const tf = loadBinding();
  const { signatures } = await readMetaGraph(directory, ['serve']);
  const runnable = new Map<string, TFSavedModel>();
  for (const name of signatures.keys())
    if (!name.startsWith('__')) runnable.set(name, await tf.node.loadSavedModel(directory, ['serve'], name));

  function predict(signatureName: string, inputs: Tensors): Prediction {
    const dtypeOf = (alias: string): string => signatures.get(signatureName)?.inputs.get(alias)?.dtype ?? '';
    const outputs = new Map<string, Tensor>();
    const startedAtMs = performance.now();
    try {
      tf.tidy(() => {
        const feeds: Record<string, TensorInBinding> = {};
        for (const [alias, { shape, values }] of inputs)
          feeds[alias] = tf.tensor(values, [...shape], BINDING_TYPES[dtypeOf(alias)]);
        const fetched = runnable.get(signatureName)?.predict(feeds) as Record<string, TensorInBinding>;
        for (const [alias, { shape, dataId }] of Object.entries(fetched))
          outputs.set(alias, { shape, values: tf.engine().readSync(dataId) });
      });
    } catch (error) {
      // the binding passes TensorFlow's text on without its code; the inputs are what differs from run to run
      throw serviceError('inference-failed', (error as Error).message.replace('Session fail to run with error: ', ''));
    }
    return { outputs, timing: { inference: performance.now() - startedAtMs } };
  }

  return {
    version,
    signatures,
    predict,
    [Symbol.dispose]: () => {
      for (const model of runnable.values()) model.dispose();
    },
  };
}
