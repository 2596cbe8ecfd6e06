import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '@serving-study/runtime';
import type { Log } from '../log.js';
import { statusOf } from '../status-error.js';
import type { AspiredVersions } from './aspired-versions.js';
import type { LoadedVersion } from './loaded-version.js';
import { ManagedVersion } from './managed-version.js';
import { nextAction, type Action } from './next-action.js';
import { retry, statusText } from './retry.js';
import type { Router } from './router.js';
import { Slots } from './slots.js';
import type { StateMonitor } from './state-monitor.js';

export interface VersionManagerOptions {
  readonly load: (version: ManagedVersion) => Promise<LoadedVersion>;
  readonly router: Router;
  readonly monitor: StateMonitor;
  readonly log: Log;
  /** Versions loaded at the same time before `endStartup()`. */
  readonly startupLoads: number;
  /** Afterwards; 0 = one at a time, and nothing else meanwhile. */
  readonly loads: number;
  readonly unloads: number;
  readonly maxRetries: number;
  readonly retryIntervalMs: number;
}

const TICK_MS = 100;

/**
 * Loads and unloads versions until those that serve are those that are aspired. One decision every 100 ms, so that clients
 * see the same states in the same order as with TensorFlow Serving; none while there is nothing to decide.
 */
export class VersionManager {
  readonly #options: VersionManagerOptions;
  readonly #managed = new Map<string, ManagedVersion[]>();
  readonly #pending = new Map<string, AspiredVersions>();
  readonly #unloadSlots: Slots;
  readonly #stopped = new AbortController();
  #loadSlots: Slots;
  #starting = true;
  #wake: () => void = () => undefined;

  constructor(options: VersionManagerOptions) {
    this.#options = options;
    this.#loadSlots = new Slots(options.startupLoads);
    this.#unloadSlots = new Slots(options.unloads);
  }

  /** Takes effect with the next tick; of several calls for one model before that, the last one counts. */
  setAspired(name: string, versions: AspiredVersions): void {
    this.#pending.set(name, versions);
    this.#wake();
  }

  start(): void {
    void this.#tickForEver();
  }

  stop(): void {
    this.#stopped.abort();
    this.#wake();
  }

  /** Waits for the loads under way, then goes on with the configured number of loads at the same time. */
  async endStartup(): Promise<void> {
    const busy = (): boolean =>
      [...this.#managed.values()]
        .flat()
        .some(({ stage }) => stage === 'new' || stage === 'queued' || stage === 'loading');
    while (busy()) await sleep(TICK_MS / 10);
    this.#starting = false;
    this.#loadSlots = new Slots(this.#options.loads);
  }

  async #tickForEver(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#forgetFinished();
      this.#acceptPending();
      await this.#act();
      if (this.#isSettled()) await new Promise<void>((resolve) => (this.#wake = resolve));
      await sleep(TICK_MS - (performance.now() % TICK_MS), undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether nothing can happen before other versions are aspired: those that are serve, or have failed for good. */
  #isSettled(): boolean {
    const done = ({ aspired, stage }: ManagedVersion): boolean =>
      aspired && (stage === 'ready' || stage === 'finished');
    return this.#pending.size === 0 && [...this.#managed.values()].flat().every(done);
  }

  #forgetFinished(): void {
    for (const [name, versions] of this.#managed) {
      const left = versions.filter(({ aspired, stage }) => aspired || (stage !== 'new' && stage !== 'finished'));
      if (left.length === 0) this.#managed.delete(name);
      else this.#managed.set(name, left);
    }
  }

  #acceptPending(): void {
    for (const [name, wanted] of this.#pending) {
      const versions = this.#managed.get(name) ?? [];
      const returning = versions.filter(({ aspired, version }) => !aspired && wanted.has(version));
      // A version on its way out must be gone before it can come back. One that still serves just stays: the real server
      // waits for its end instead, and so never again loads a repaired version while an older one serves.
      if (returning.some(({ stage }) => stage !== 'ready')) continue;
      this.#pending.delete(name);
      for (const version of returning) version.aspired = true;
      for (const version of versions.filter((each) => each.aspired && !wanted.has(each.version))) {
        version.aspired = false;
        version.unwanted.abort();
      }
      // Said again for a reload that waits for a model which was dropped and came back before anything was done about it.
      for (const { version, aspired, stage } of versions)
        if (aspired && stage === 'ready') this.#options.monitor.publish(name, version, 'AVAILABLE');
      const known = new Set(versions.map(({ version }) => version));
      for (const [version, path] of wanted) if (!known.has(version)) versions.push(this.#manage(name, version, path));
      this.#managed.set(name, versions);
    }
  }

  #manage(name: string, version: bigint, path: string): ManagedVersion {
    this.#options.monitor.publish(name, version, 'START');
    return new ManagedVersion(name, version, path);
  }

  /** One action over all models, unloads first; at start one for each model. */
  async #act(): Promise<void> {
    const actions = [...this.#managed.values()].map(nextAction).filter((action) => action !== undefined);
    actions.sort((a, b) => Number(a.kind === 'load') - Number(b.kind === 'load'));
    for (const action of this.#starting ? actions : actions.slice(0, 1)) await this.#perform(action);
  }

  async #perform({ kind, target }: Action<ManagedVersion>): Promise<void> {
    const job = kind === 'load' ? () => this.#load(target) : () => this.#unload(target);
    const threads = kind === 'load' ? this.#options.loads : this.#options.unloads;
    if (threads === 0 && !(this.#starting && kind === 'load')) {
      await job();
      return;
    }
    target.stage = 'queued';
    void (kind === 'load' ? this.#loadSlots : this.#unloadSlots).run(job);
  }

  async #load(target: ManagedVersion): Promise<void> {
    const { router, monitor, log } = this.#options;
    const loaded = await this.#tryToLoad(target);
    if (loaded === undefined) return;
    target.loaded = loaded;
    await router.add(loaded);
    target.stage = 'ready';
    monitor.publish(target.name, target.version, 'AVAILABLE');
    log.info(`Successfully loaded servable version ${String(target)}`);
  }

  /** Undefined when it did not work or is no longer wanted; then the version has come to its end. */
  async #tryToLoad(target: ManagedVersion): Promise<LoadedVersion | undefined> {
    const { load, monitor, log, maxRetries, retryIntervalMs } = this.#options;
    if (!target.aspired) {
      this.#finish(target, CANCELLED);
      return undefined;
    }
    target.stage = 'loading';
    monitor.publish(target.name, target.version, 'LOADING');
    log.info(`Loading servable version ${String(target)}`);
    try {
      const options = { maxRetries, intervalMs: retryIntervalMs, signal: target.unwanted.signal, log };
      const loaded = await retry(`Loading servable: ${String(target)}`, () => load(target), options);
      if (!target.unwanted.signal.aborted) return loaded;
      await this.#close(loaded, target);
      this.#finish(target, CANCELLED);
    } catch (error) {
      log.error(`Servable ${String(target)} cannot be loaded: ${statusText(error)}`);
      this.#finish(target, statusOf(error));
    }
    return undefined;
  }

  async #unload(target: ManagedVersion): Promise<void> {
    target.stage = 'unloading';
    this.#options.monitor.publish(target.name, target.version, 'UNLOADING');
    if (target.loaded !== undefined) {
      await this.#options.router.remove(target.loaded);
      await this.#close(target.loaded, target);
      target.loaded = undefined;
    }
    this.#options.log.info(`Done unloading servable version ${String(target)}`);
    this.#finish(target);
  }

  async #close(loaded: LoadedVersion, target: ManagedVersion): Promise<void> {
    try {
      await loaded.close();
    } catch (error) {
      this.#options.log.error(`Unloading servable version ${String(target)} failed: ${statusText(error)}`);
    }
  }

  #finish(target: ManagedVersion, error?: { code: ErrorCode; message: string }): void {
    target.stage = 'finished';
    this.#options.monitor.publish(target.name, target.version, 'END', error);
  }
}

const CANCELLED = { code: 'CANCELLED', message: 'Loading of servable cancelled' } as const;
