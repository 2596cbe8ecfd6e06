import { runService } from '@serving-study/serving-kit';
import { MODEL_SETTINGS } from './config.js';
import { loadModel, serve } from './server.js';

await runService(
  {
    name: 'flask-style-server',
    settings: MODEL_SETTINGS,
    start: async (config, logger) => serve(await loadModel(config), config, logger),
  },
  process,
);
