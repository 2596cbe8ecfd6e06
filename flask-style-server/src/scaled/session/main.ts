import { runService } from '@serving-study/serving-kit';
import { MODEL_SETTINGS } from '../../config.js';
import { findVersion } from '../../load-model.js';
import { serve } from '../../serve.js';
import { loadSessionModel } from './session-model.js';

/** The model on TensorFlow's C API: inference leaves the JavaScript thread free, and several run at once. */
await runService(
  {
    name: 'flask-style-session',
    settings: MODEL_SETTINGS,
    start: async (config, logger) => {
      const { version, directory } = await findVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_MODEL_VERSION);
      const model = await loadSessionModel(version, directory, config);
      return await serve(config, logger, () => model);
    },
  },
  process,
);
