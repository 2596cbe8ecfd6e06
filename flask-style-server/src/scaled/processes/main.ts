import cluster from 'node:cluster';
import { availableParallelism } from 'node:os';
import { runService, wholeNumber } from '@serving-study/serving-kit';
import { MODEL_SETTINGS, limitThreads } from '../../config.js';
import { findVersion, loadModel } from '../../load-model.js';
import { serve } from '../../serve.js';
import { startWorkers } from './start-workers.js';

const settings = { ...MODEL_SETTINGS, STUDY_PROCESSES: wholeNumber(1, 256).default(availableParallelism()) };

/** Processes that share the port, each with the model loaded. SIGHUP replaces them one by one, with the newest version. */
if (cluster.isPrimary)
  await runService(
    {
      name: 'flask-style-processes',
      settings,
      start: async (config, logger) => {
        const workers = await startWorkers(config.STUDY_PROCESSES, logger);
        process.on('SIGHUP', () => void workers.replaceAll());
        return workers;
      },
    },
    process,
  );
else
  await runService(
    {
      name: 'flask-style-process',
      settings,
      readyMessage: 'worker listening',
      start: async (config, logger) => {
        limitThreads(config, process.env);
        const { version, directory } = await findVersion(config.STUDY_MODEL_BASE_PATH, config.STUDY_MODEL_VERSION);
        const model = await loadModel(version, directory);
        return await serve(config, logger, () => model);
      },
    },
    process,
  );
