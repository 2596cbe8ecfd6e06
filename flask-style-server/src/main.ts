import { RunningServer, runService } from '@serving-study/serving-kit';
import { createApp } from './app.js';
import { MODEL_SETTINGS, limitThreads } from './config.js';
import { findVersion, loadModel } from './load-model.js';

await runService(
  {
    name: 'flask-style-server',
    settings: MODEL_SETTINGS,
    start: async (config, logger) => {
      limitThreads(config, process.env);
      const { version, directory } = await findVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_MODEL_VERSION);
      const model = await loadModel(version, directory);
      const app = createApp({
        modelName: config.STUDY_MODEL_NAME,
        currentModel: () => model,
        bodyLimitBytes: config.STUDY_BODY_LIMIT_BYTES,
        logger,
      });
      return await RunningServer.listen(app, config.STUDY_HOST, config.STUDY_PORT);
    },
  },
  process,
);
