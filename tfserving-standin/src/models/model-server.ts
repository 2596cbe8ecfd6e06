import type { ModelManager, ModelSpec, Servable, VersionStatus } from '../core.js';
import type { ModelConfig, ModelServerConfig } from '../config/model-server-config.js';
import type { Log } from '../log.js';
import type { Metrics } from '../metrics/index.js';
import { StatusError } from '../status-error.js';
import { BasePathPoller } from './base-path-poller.js';
import { checkLogging, checkModelConfigs, checkPlatforms } from './check-config.js';
import type { LoadedVersion } from './loaded-version.js';
import type { ManagedVersion } from './managed-version.js';
import { Router } from './router.js';
import { StateMonitor } from './state-monitor.js';
import { unavailableText } from './unavailable-text.js';
import { versionLabels, type VersionLabels } from './version-labels.js';
import { VersionManager } from './version-manager.js';

export interface ModelServerOptions {
  readonly load: (version: ManagedVersion) => Promise<LoadedVersion>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly pollSeconds: number;
  readonly startupLoads: number;
  readonly loads: number;
  readonly unloads: number;
  readonly maxRetries: number;
  readonly retryIntervalMs: number;
  readonly allowLabelsForUnavailable: boolean;
  /** How long a reload waits for a new model under whose base path there is nothing. */
  readonly missingModelTimeoutMs: number;
}

/** All models of the process: what is configured, what is loaded, and which version answers a request. */
export class ModelServer implements ModelManager {
  readonly #options: ModelServerOptions;
  readonly #monitor = new StateMonitor();
  readonly #router = new Router();
  readonly #manager: VersionManager;
  readonly #poller: BasePathPoller;
  #models: readonly ModelConfig[] = [];
  #labels: VersionLabels = new Map();
  /** Waits of reloads for new models, ended when a later reload drops such a model. */
  readonly #waits = new Set<{ readonly names: readonly string[]; readonly dropped: AbortController }>();

  constructor(options: ModelServerOptions) {
    this.#options = options;
    const { log, pollSeconds: intervalSeconds } = options;
    this.#manager = new VersionManager({ ...options, router: this.#router, monitor: this.#monitor });
    this.#poller = new BasePathPoller({
      intervalSeconds,
      log,
      onVersions: (model, versions) => {
        this.#manager.setAspired(model, versions);
      },
    });
  }

  /**
   * Loads the models of the first config; resolves when each serves. Rejects with StatusError when a model cannot; waits
   * without limit for base paths without versions, as the real server.
   */
  async start(config: ModelServerConfig): Promise<void> {
    const { models, added } = this.#accept(config);
    this.#poller.start();
    this.#manager.start();
    const failed = await this.#monitor.whenSettled(added);
    if (failed.size > 0) throw new StatusError('UNKNOWN', unavailableText('servable', failed));
    await this.#manager.endStartup();
    checkLogging(models);
  }

  stop(): void {
    this.#poller.stop();
    this.#manager.stop();
  }

  acquire({ name, choice }: ModelSpec): Servable {
    switch (choice.kind) {
      case 'latest':
        return this.#router.acquire(name);
      case 'version':
        return this.#router.acquire(name, choice.version);
      case 'label': {
        const version = this.#labels.get(name)?.get(choice.label);
        if (version === undefined)
          throw new StatusError('INVALID_ARGUMENT', `Unrecognized servable version label: ${choice.label}`);
        return this.#router.acquire(name, version);
      }
    }
  }

  status(name: string, version?: bigint): VersionStatus[] {
    if (version === undefined) {
      const versions = this.#monitor.versions(name);
      if (versions.length === 0) throw new StatusError('NOT_FOUND', `Could not find any versions of model ${name}`);
      return versions;
    }
    const status = this.#monitor.version(name, version);
    if (status === undefined) throw new StatusError('NOT_FOUND', `Could not find version ${version} of model ${name}`);
    return [status];
  }

  async reload(
    config: ModelServerConfig,
    metricNames: readonly string[],
  ): Promise<{ name: string; increase: number }[]> {
    const { metrics } = this.#options;
    const before = metricNames.map((name) => metrics.value(name));
    const { models, added } = this.#accept(config);
    await this.#awaitNew(added);
    checkLogging(models);
    return metricNames.map((name, at) => ({ name, increase: metrics.value(name) - (before[at] ?? 0) }));
  }

  /** Makes `config` the one to serve; answers its models and which names among them are new. */
  #accept(config: ModelServerConfig): { models: readonly ModelConfig[]; added: string[] } {
    if (config.kind !== 'list')
      throw new StatusError(
        'INVALID_ARGUMENT',
        'ServerModelConfig type not supported by HandleReloadConfigRequest. Only ModelConfigList is currently supported',
      );
    const { log, allowLabelsForUnavailable } = this.#options;
    const known = new Set(this.#models.map(({ name }) => name));
    checkModelConfigs(config.models, new Map(this.#models.map(({ name, platform }) => [name, platform])));
    const labels = versionLabels(config.models, this.#labels, this.#monitor, allowLabelsForUnavailable);
    checkPlatforms(config.models);
    this.#models = config.models;
    this.#labels = labels;
    log.info('Adding/updating models.');
    for (const { name } of config.models) log.info(` (Re-)adding model: ${name}`);
    this.#poller.setModels(config.models);
    for (const wait of this.#waits)
      if (wait.names.some((name) => !config.models.some((model) => model.name === name))) wait.dropped.abort(DROPPED);
    log.info('Finished adding/updating models');
    const { models } = config;
    return { models, added: models.map(({ name }) => name).filter((name) => !known.has(name)) };
  }

  async #awaitNew(names: readonly string[]): Promise<void> {
    const dropped = new AbortController();
    const wait = { names, dropped };
    const timer = setTimeout(() => {
      this.#giveUpOnMissing(names, dropped);
    }, this.#options.missingModelTimeoutMs);
    this.#waits.add(wait);
    try {
      const failed = await this.#monitor.whenSettled(names, dropped.signal);
      if (failed.size > 0) throw new StatusError('UNKNOWN', unavailableText('model', failed));
    } finally {
      clearTimeout(timer);
      this.#waits.delete(wait);
    }
  }

  /** The real server would wait, and block all later reloads, until the files are there. */
  #giveUpOnMissing(names: readonly string[], dropped: AbortController): void {
    const missing = names.filter((name) => !this.#monitor.versions(name).some(({ state }) => state !== 'END'));
    if (missing.length === 0) return;
    const reason = this.#poller.problem?.message ?? 'no versions found under the base path';
    dropped.abort(
      new StatusError(
        'UNKNOWN',
        `${missing.length} model(s) did not become available: {${missing.map((name) => `{{name: ${name}} due to error: NOT_FOUND: ${reason}}, `).join('')}}`,
      ),
    );
  }
}

const DROPPED = new StatusError('ABORTED', 'A later reload dropped a model that this one was waiting for');
