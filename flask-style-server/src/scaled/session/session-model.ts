import { SavedModel, requireEngine, requireSignature } from '@serving-study/runtime';
import type { ModelConfig } from '../../config.js';
import { findVersion, type Model, type Prediction, type Tensors } from '../../server.js';

/** Loads a SavedModel so that runs happen on libuv's thread pool; `UV_THREADPOOL_SIZE` bounds how many at once. */
export async function loadSessionModel(config: ModelConfig): Promise<Model> {
  const { version, directory } = await findVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_MODEL_VERSION);
  const { library } = await requireEngine();
  const { STUDY_INTRA_OP_THREADS: intraOpThreads, STUDY_INTER_OP_THREADS: interOpThreads } = config;
  const model = await SavedModel.load(directory, { library, intraOpThreads, interOpThreads });

  async function predict(signatureName: string, values: Tensors): Promise<Prediction> {
    const { inputs, outputs } = requireSignature(model.signatures, signatureName);
    const feeds = [...values].map(([alias, value]) => [inputs.get(alias)?.tensorName ?? '', value] as const);
    const fetched = await model.run(
      new Map(feeds),
      [...outputs.values()].map(({ tensorName }) => tensorName),
    );
    const aliases = [...outputs.keys()];
    return { outputs: new Map(fetched.map((value, at) => [aliases[at] ?? '', value])) };
  }

  return { version, signatures: model.signatures, predict };
}
