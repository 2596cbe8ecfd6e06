import type { Release } from './provision/tensorflow-release.js';

export interface SetupOptions {
  /** Root of the cache; `.cache` of this checkout unless told. */
  readonly cache: string | undefined;
  /** Undefined keeps the engine in use, and takes the CPU build where there is none yet. */
  readonly release: Release | undefined;
  /** A wheel on this disk, instead of pip and HTTPS. */
  readonly wheel: string | undefined;
  readonly indexUrl: string;
  readonly python: string;
  readonly requirementsFile: string;
  readonly withBinding: boolean;
  readonly withPython: boolean;
  readonly environment: NodeJS.ProcessEnv;
  readonly arch: NodeJS.Architecture;
  readonly signal: AbortSignal;
  /** Whether progress may be redrawn in place. */
  readonly interactive: boolean;
  readonly say: (text: string) => void;
}
