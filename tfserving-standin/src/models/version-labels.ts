import type { ModelConfig } from '../config/model-server-config.js';
import { StatusError } from '../status-error.js';
import type { StateMonitor } from './state-monitor.js';

/** Names for versions, per model. Replaced as a whole by every config. */
export type VersionLabels = ReadonlyMap<string, ReadonlyMap<string, bigint>>;

/**
 * The labels of a config. A label may only name a version that is available now; with `allowUnavailable` a label that is new
 * or unchanged may name any. Throws StatusError FAILED_PRECONDITION for the first that may not.
 */
export function versionLabels(
  models: readonly ModelConfig[],
  current: VersionLabels,
  monitor: StateMonitor,
  allowUnavailable: boolean,
): VersionLabels {
  for (const { name, labels } of models)
    for (const [label, version] of labels) {
      const before = current.get(name)?.get(label);
      const free = allowUnavailable && (before === undefined || before === version);
      if (!free && monitor.version(name, version)?.state !== 'AVAILABLE')
        throw new StatusError(
          'FAILED_PRECONDITION',
          `Request to assign label to version ${version} of model ${name}, which is not currently available for inference`,
        );
    }
  return new Map(models.map(({ name, labels }) => [name, labels]));
}
