import { SavedModel, TensorFlowError, requireEngine } from '@serving-study/runtime';
import { serviceError } from '@serving-study/serving-kit';
import type { ModelConfig } from '../../config.js';
import type { Model, Prediction, Tensors } from '../../model.js';
import { tensorFromValue, valueFromTensor } from './tensor-value.js';

/** Loads a SavedModel so that runs happen on libuv's thread pool; `UV_THREADPOOL_SIZE` bounds how many at once. */
export async function loadSessionModel(
  version: string,
  directory: string,
  { STUDY_INTRA_OP_THREADS: intraOpThreads, STUDY_INTER_OP_THREADS: interOpThreads }: ModelConfig,
): Promise<Model> {
  const { library } = await requireEngine();
  const savedModel = await SavedModel.load(directory, { library, intraOpThreads, interOpThreads });

  async function predict(signatureName: string, inputs: Tensors): Promise<Prediction> {
    const signature = savedModel.signatures.get(signatureName);
    if (signature === undefined) throw serviceError('signature-not-found', signatureName);
    const startedAtMs = performance.now();
    const feeds = new Map(
      [...signature.inputs].flatMap(([alias, { tensorName, dtype }]) => {
        const tensor = inputs.get(alias);
        return tensor === undefined ? [] : [[tensorName, valueFromTensor(tensor, dtype)] as const];
      }),
    );
    const aliases = [...signature.outputs.keys()];
    const fetches = [...signature.outputs.values()].map(({ tensorName }) => tensorName);
    const values = await savedModel.run(feeds, fetches).catch((error: unknown) => {
      throw error instanceof TensorFlowError ? serviceError('inference-failed', error.message) : error;
    });
    const outputs = new Map(values.map((value, at) => [aliases[at] ?? '', tensorFromValue(value)]));
    return { outputs, timing: { inference: performance.now() - startedAtMs } };
  }

  return { version, signatures: savedModel.signatures, predict };
}
