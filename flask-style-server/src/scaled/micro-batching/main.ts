import { runService, wholeNumber } from '@serving-study/serving-kit';
import { MODEL_SETTINGS } from '../../config.js';
import { serve } from '../../server.js';
import { loadSessionModel } from '../session/session-model.js';
import { microBatched } from './micro-batched.js';

/** Requests that arrive while the model is busy run together as one batch. */
await runService(
  {
    name: 'flask-style-micro-batching',
    settings: {
      ...MODEL_SETTINGS,
      STUDY_MAX_BATCH_SIZE: wholeNumber(1, 65_536).default(32),
      STUDY_BATCHES_IN_FLIGHT: wholeNumber(1, 1024).default(2),
    },
    start: async (config, logger) => {
      const model = microBatched(await loadSessionModel(config), {
        maxBatchSize: config.STUDY_MAX_BATCH_SIZE,
        batchesInFlight: config.STUDY_BATCHES_IN_FLIGHT,
      });
      return serve(model, config, logger);
    },
  },
  process,
);
