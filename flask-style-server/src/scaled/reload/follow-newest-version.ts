import type { ServiceAppParts } from '@serving-study/serving-kit';
import { findVersion, loadModel } from '../../load-model.js';
import type { Model } from '../../model.js';

/**
 * Loads the newest version and looks for a newer one every `pollMs`. The returned function gives the version to use now.
 * Loading blocks the JavaScript thread: requests wait meanwhile, none fails. A version that does not load is logged once and
 * left alone; the present one stays.
 */
export async function followNewestVersion(
  basePath: string,
  pollMs: number,
  logger: ServiceAppParts['logger'],
): Promise<() => Model> {
  const first = await findVersion(basePath);
  let model = await loadModel(first.version, first.directory);
  let seen = first.version;

  async function look(): Promise<void> {
    try {
      const { version, directory } = await findVersion(basePath);
      if (Number(version) > Number(seen)) {
        seen = version;
        const previous = model;
        model = await loadModel(version, directory);
        previous[Symbol.dispose](); // a prediction is synchronous: none is under way here
        logger.info({ version }, 'model replaced');
      }
    } catch (error) {
      logger.error({ err: error, version: seen }, 'the model was not replaced');
    }
    setTimeout(() => void look(), pollMs).unref();
  }

  setTimeout(() => void look(), pollMs).unref();
  return () => model;
}
