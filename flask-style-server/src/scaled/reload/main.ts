import { runService, wholeNumber, type Logger, type ServiceConfig } from '@serving-study/serving-kit';
import { MODEL_SETTINGS } from '../../config.js';
import { findVersion, loadModel, serve, type Model } from '../../server.js';

const settings = { ...MODEL_SETTINGS, STUDY_RELOAD_POLL_MS: wholeNumber(10, 3_600_000).default(1000) };

/**
 * A model that is always the newest version in its folder: it looks for one every STUDY_RELOAD_POLL_MS. Loading blocks the
 * JavaScript thread: requests wait meanwhile, none fails. A version that does not load is logged once and left alone; the
 * present one stays.
 */
async function followNewestVersion(config: ServiceConfig<typeof settings>, logger: Logger): Promise<Model> {
  const { STUDY_MODEL_BASE_PATH: basePath, STUDY_RELOAD_POLL_MS: pollMs } = config;
  let seen = (await findVersion(basePath)).version;
  let model = await loadModel({ ...config, STUDY_MODEL_VERSION: seen });

  async function look(): Promise<void> {
    try {
      const { version } = await findVersion(basePath);
      if (Number(version) > Number(seen)) {
        seen = version;
        const previous = model;
        model = await loadModel({ ...config, STUDY_MODEL_VERSION: version });
        previous[Symbol.dispose](); // a prediction is synchronous: none is under way here
        logger.info({ version }, 'model replaced');
      }
    } catch (error) {
      logger.error({ err: error, version: seen }, 'the model was not replaced');
    }
    setTimeout(() => void look(), pollMs).unref();
  }

  setTimeout(() => void look(), pollMs).unref();
  return {
    get version() {
      return model.version;
    },
    get signatures() {
      return model.signatures;
    },
    predict: (signatureName, inputs) => model.predict(signatureName, inputs),
  };
}

/** A newer version in the model's folder takes over without a restart. */
await runService(
  {
    name: 'flask-style-reload',
    settings,
    start: async (config, logger) => serve(await followNewestVersion(config, logger), config, logger),
  },
  process,
);
