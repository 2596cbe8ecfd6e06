import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelConfig } from '../config/model-server-config.js';
import type { Log } from '../log.js';
import { StatusError } from '../status-error.js';
import { aspiredVersions, type AspiredVersions } from './aspired-versions.js';

export interface BasePathPollerOptions {
  /** 0 = one look whenever the models change; negative = none. */
  readonly intervalSeconds: number;
  readonly onVersions: (model: string, versions: AspiredVersions) => void;
  readonly log: Log;
}

/**
 * Looks for versions under the base paths of all models. When one base path is missing, nothing changes for any model until
 * it is there: an unmounted disk must not unload what serves.
 */
export class BasePathPoller {
  readonly #options: BasePathPollerOptions;
  readonly #stopped = new AbortController();
  #models: readonly ModelConfig[] = [];
  /** What kept the last look from finding anything, by the model it is about. */
  #problem: StatusError | undefined;

  constructor(options: BasePathPollerOptions) {
    this.#options = options;
  }

  /** Models that are no longer there lose their versions at once, new ones get theirs with the next look. */
  setModels(models: readonly ModelConfig[]): void {
    const names = new Set(models.map(({ name }) => name));
    const gone = this.#models.filter(({ name }) => !names.has(name));
    this.#models = models;
    for (const { name } of gone) this.#options.onVersions(name, new Map());
    if (this.#options.intervalSeconds === 0) void this.#poll();
  }

  /** The reason why no versions can be found at present. */
  get problem(): StatusError | undefined {
    return this.#problem;
  }

  start(): void {
    if (this.#options.intervalSeconds > 0) void this.#pollForEver();
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #pollForEver(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#poll();
      await sleep(this.#options.intervalSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  async #poll(): Promise<void> {
    const { log, onVersions } = this.#options;
    const models = this.#models;
    try {
      const found: [string, AspiredVersions][] = [];
      for (const model of models) found.push([model.name, await aspiredVersions(model, log)]);
      this.#problem = undefined;
      // a reload during the look made it outdated; its own look follows
      if (models === this.#models) for (const [name, versions] of found) onVersions(name, versions);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#problem = error;
      log.error(`FileSystemStoragePathSource encountered a filesystem access error: ${error.message}`);
    }
  }
}
