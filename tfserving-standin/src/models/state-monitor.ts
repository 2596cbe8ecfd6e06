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
   * Resolves when each of the models has a version that became AVAILABLE or came to its END since this was called; what
   * happened before does not count, so that a model which leaves and comes back is waited for. Of several such versions
   * the largest counts at that moment: those at their END are answered by model. Rejects with the reason of `signal` when
   * that comes first.
   */
  async whenSettled(names: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, VersionStatus>> {
    const settled = new Map<string, Map<bigint, VersionStatus>>();
    const awaited = new Set(names);
    if (awaited.size > 0)
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
          if (!awaited.has(name)) return;
          const versions = settled.get(name) ?? new Map<bigint, VersionStatus>();
          if (status.state === 'AVAILABLE' || status.state === 'END') versions.set(status.version, status);
          else versions.delete(status.version);
          if (versions.size === 0) settled.delete(name);
          else settled.set(name, versions);
          if (settled.size === awaited.size) finish(resolve);
        };
        if (signal?.aborted === true) {
          reject(signal.reason as Error);
          return;
        }
        this.#listeners.add(listener);
        signal?.addEventListener('abort', abort);
      });
    const failed = new Map<string, VersionStatus>();
    for (const name of [...awaited].sort()) {
      const [largest] = [...(settled.get(name)?.values() ?? [])].sort((a, b) => descending(a.version, b.version));
      if (largest?.state === 'END') failed.set(name, largest);
    }
    return failed;
  }
}
