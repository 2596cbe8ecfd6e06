import type { ServingOptions } from '../contestants/index.js';
import type { ModelOptions, Profile } from '../record/index.js';
import type { ReportOptions } from './report.js';

/** What the command line of `study` and `bench` says, parsed. */
export interface RunOptions extends ReportOptions {
  /** Names of the options that were typed, not taken from their defaults: `timeFactor`. */
  readonly given: ReadonlySet<string>;
  readonly profile: Profile;
  readonly only: readonly string[] | undefined;
  readonly contestants: readonly string[] | undefined;
  readonly seed: number;
  /** Makes every window this many times as long: to try something out, or to certify a tail. */
  readonly timeFactor: number;
  /** The user's own model; undefined: those of this project. */
  readonly model: ModelOptions | undefined;
  /** Parent of the run folders. */
  readonly out: string;
  readonly dryRun: boolean;
  /** A run folder to go on with. */
  readonly resume: string | undefined;
  /** As a person would type it. */
  readonly command: string;
  readonly tfserving: Omit<ServingOptions, 'onProgress' | 'signal'>;
  /** Generators on other machines, as typed; undefined: one beside the bench. */
  readonly generators: string | undefined;
  /** What they have to know; empty: nothing. */
  readonly generatorSecret: string;
  readonly signal: AbortSignal;
}

/** How an option is typed: `timeFactor` is `--time-factor`. */
export function optionName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
