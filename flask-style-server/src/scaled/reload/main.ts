import { runService, wholeNumber } from '@serving-study/serving-kit';
import { MODEL_SETTINGS, limitThreads } from '../../config.js';
import { serve } from '../../serve.js';
import { followNewestVersion } from './follow-newest-version.js';

/** A newer version in the model's folder takes over without a restart. */
await runService(
  {
    name: 'flask-style-reload',
    settings: { ...MODEL_SETTINGS, STUDY_RELOAD_POLL_MS: wholeNumber(10, 3_600_000).default(1000) },
    start: async (config, logger) => {
      limitThreads(config, process.env);
      const currentModel = await followNewestVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_RELOAD_POLL_MS, logger);
      return await serve(config, logger, currentModel);
    },
  },
  process,
);
