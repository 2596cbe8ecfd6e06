import { runService } from '@serving-study/serving-kit';
import { MODEL_SETTINGS, limitThreads } from './config.js';
import { findVersion, loadModel } from './load-model.js';
import { serve } from './serve.js';

await runService(
  {
    name: 'flask-style-server',
    settings: MODEL_SETTINGS,
    start: async (config, logger) => {
      limitThreads(config, process.env);
      const { version, directory } = await findVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_MODEL_VERSION);
      const model = await loadModel(version, directory);
      return await serve(config, logger, () => model);
    },
  },
  process,
);
