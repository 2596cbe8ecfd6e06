import { availableParallelism } from 'node:os';
import { runService, wholeNumber } from '@serving-study/serving-kit';
import { MODEL_SETTINGS, limitThreads } from '../../config.js';
import { findVersion } from '../../load-model.js';
import { serve } from '../../serve.js';
import { loadModelInThreads } from './model-in-threads.js';

/** Worker threads that each load the model: the thread that answers HTTP no longer waits for inference. */
await runService(
  {
    name: 'flask-style-threads',
    settings: { ...MODEL_SETTINGS, STUDY_THREADS: wholeNumber(1, 256).default(availableParallelism()) },
    start: async (config, logger) => {
      limitThreads(config, process.env);
      const { version, directory } = await findVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_MODEL_VERSION);
      const model = await loadModelInThreads(version, directory, config.STUDY_THREADS);
      return await serve(config, logger, () => model);
    },
  },
  process,
);
