import { RunningServer, type ServiceAppParts } from '@serving-study/serving-kit';
import { createApp } from './app.js';
import type { ModelConfig } from './config.js';
import type { Model } from './model.js';

/** Answers requests with whatever model `currentModel` returns at the time. */
export function serve(
  config: ModelConfig,
  logger: ServiceAppParts['logger'],
  currentModel: () => Model,
): Promise<RunningServer> {
  const app = createApp({
    modelName: config.STUDY_MODEL_NAME,
    currentModel,
    bodyLimitBytes: config.STUDY_BODY_LIMIT_BYTES,
    logger,
  });
  return RunningServer.listen(app, config.STUDY_HOST, config.STUDY_PORT);
}
