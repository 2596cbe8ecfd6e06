import type { ErrorCode } from '@serving-study/runtime';
import type { VersionStatus } from '../core.js';
import { descending } from './descending.js';

type Listener = (name: string, status: VersionStatus) => void;

/**
 * What became of every version the server has ever known: entries are never deleted, a version that comes back overwrites
 * its own.
 */
export class StateMonitor {
  readonly #states = new Map<string, Map<bigint, VersionStatus>>();
  readonly #listeners = new Set<Listener>();

  publish(
    name: string,
    version: bigint,
    state: VersionStatus['state'],
    error?: { code: ErrorCode; message: string },
  ): void {
    const status = { version, state, errorCode: error?.code ?? 'OK', errorMessage: error?.message ?? '' };
    let versions = this.#states.get(name);
    if (versions === undefined) this.#states.set(name, (versions = new Map<bigint, VersionStatus>()));
    versions.set(version, status);
    for (const listener of [...this.#listeners]) listener(name, status);
  }

  /** All versions of a model, the largest first; empty for an unknown one. */
  versions(name: string): VersionStatus[] {
    return [...(this.#states.get(name)?.values() ?? [])].sort((a, b) => descending(a.version, b.version));
  }

  version(name: string, version: bigint): VersionStatus | undefined {
    return this.#states.get(name)?.get(version);
  }

  /**
   * Resolves when each of the models has a version that is AVAILABLE, or one that came to its END meanwhile: with the latter
   * by model. Rejects with the reason of `signal` when that comes first.
   */
  async whenSettled(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, VersionStatus>> {
    const waiting = new Set(names.filter((name) => !this.versions(name).some(({ state }) => state === 'AVAILABLE')));
    const failed = new Map<string, VersionStatus>();
    if (waiting.size === 0) return failed;
    await new Promise<void>((resolve, reject) => {
      const finish = (settle: () => void): void => {
        this.#listeners.delete(listener);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      const abort = (): void => {
        finish(() => {
          reject(signal?.reason as Error);
        });
      };
      const listener: Listener = (name, status) => {
        if (!waiting.has(name) || (status.state !== 'AVAILABLE' && status.state !== 'END')) return;
        waiting.delete(name);
        if (status.state === 'END') failed.set(name, status);
        if (waiting.size === 0) finish(resolve);
      };
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      this.#listeners.add(listener);
      signal?.addEventListener('abort', abort);
    });
    return failed;
  }
}
