import { isAbsolute } from 'node:path';
import type { ModelConfig } from '../config/model-server-config.js';
import { StatusError } from '../status-error.js';

/** A base path on another file system, such as `gs://bucket/model`. */
const URI = /^[a-zA-Z][0-9a-zA-Z.]*:\/\//;

/**
 * Throws StatusError with TensorFlow Serving's text for the first thing that is wrong with a list of models, in its order: all
 * names before all paths. `served` are the platforms of the models served so far. Nothing is changed before this has passed:
 * unlike in the real server, a refused config never becomes the one that later ones are compared with.
 */
export function checkModelConfigs(models: readonly ModelConfig[], served: ReadonlyMap<string, string>): void {
  const names = new Set<string>();
  for (const { name } of models) {
    if (names.has(name)) refuse(`Illegal to list model ${name} multiple times in config list`);
    names.add(name);
  }
  for (const { name, basePath } of models)
    if (!isAbsolute(basePath) && !URI.test(basePath))
      refuse(`Expected model ${name} to have an absolute path or URI; got base_path()=${basePath}`);
  for (const { name, platform } of models) {
    const before = served.get(name);
    if (before === undefined) continue;
    checkNamed(name, platform);
    if (platform !== before)
      refuse(
        `Illegal to change a model's platform. For model ${name} platform was ${before} and new platform requested is ${platform}`,
      );
  }
}

/** The checks that come after those of the version labels. */
export function checkPlatforms(models: readonly ModelConfig[]): void {
  for (const { name, platform } of models) {
    checkNamed(name, platform);
    if (platform !== 'tensorflow') refuse(`Model ${name} requests unsupported platform ${platform}`);
  }
}

/** The check that comes last, when the models of the config serve already: there is nothing that could log requests. */
export function checkLogging(models: readonly ModelConfig[]): void {
  if (models.some(({ hasLogging }) => hasLogging)) refuse('No request-logger-creator provided.');
}

function checkNamed(name: string, platform: string): void {
  if (platform === '')
    refuse(
      'Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform, ' +
        `model name is ${name}`,
    );
}

function refuse(message: string): never {
  throw new StatusError('INVALID_ARGUMENT', message);
}
