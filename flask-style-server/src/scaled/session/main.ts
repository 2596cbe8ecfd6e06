import { runService } from '@serving-study/serving-kit';
import { MODEL_SETTINGS } from '../../config.js';
import { serve } from '../../server.js';
import { loadSessionModel } from './session-model.js';

/** The model on TensorFlow's C API: inference leaves the JavaScript thread free, and several run at once. */
await runService(
  {
    name: 'flask-style-session',
    settings: MODEL_SETTINGS,
    start: async (config, logger) => serve(await loadSessionModel(config), config, logger),
  },
  process,
);
