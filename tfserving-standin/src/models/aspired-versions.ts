import type { ModelConfig } from '../config/model-server-config.js';
import type { Log } from '../log.js';
import { descending } from './descending.js';
import { findVersions } from './find-versions.js';

/** The versions of one model that should be served: folder by number. */
export type AspiredVersions = ReadonlyMap<bigint, string>;

/** Looks under a model's base path and applies its version policy. Throws StatusError NOT_FOUND without such a path. */
export async function aspiredVersions(model: ModelConfig, log: Log): Promise<AspiredVersions> {
  const found = await findVersions(model.name, model.basePath);
  const aspired = new Map(chooseVersions(model, found, log).map((version) => [version, found.get(version) ?? '']));
  if (found.size === 0)
    log.warning(
      `No versions of servable ${model.name} found under base path ${model.basePath}. ` +
        `Did you forget to name your leaf directory as a number (eg. '/1/')?`,
    );
  return aspired;
}

function chooseVersions({ name, policy }: ModelConfig, found: ReadonlyMap<bigint, string>, log: Log): bigint[] {
  switch (policy.kind) {
    case 'all':
      return [...found.keys()];
    case 'latest':
      return [...found.keys()].sort(descending).slice(0, policy.count);
    case 'specific':
      return [...new Set(policy.versions)].filter((version) => {
        if (!found.has(version))
          log.warning(
            `Version ${version} of servable ${name}, which was requested to be served as a 'specific' version in the ` +
              `servable's version policy, was not found in the file system`,
          );
        return found.has(version);
      });
  }
}
