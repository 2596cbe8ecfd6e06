import type { ServingOptions } from '../contestants/index.js';
import type { Asked } from '../record/index.js';
import type { ReportOptions } from './report.js';

/** What the command line of `study` and `bench` says, parsed. */
export interface RunOptions extends ReportOptions {
  /** What is to be measured: a run that goes on has its own. */
  readonly asked: Asked;
  /** Names of the options that were typed, not taken from their defaults: `timeFactor`. */
  readonly given: ReadonlySet<string>;
  /** Parent of the run folders. */
  readonly out: string;
  readonly dryRun: boolean;
  /** A run folder to go on with. */
  readonly resume: string | undefined;
  /** As a person would type it. */
  readonly command: string;
  readonly tfserving: Omit<ServingOptions, 'onProgress' | 'signal'>;
  /** What generators on other machines have to know; empty: nothing. */
  readonly generatorSecret: string;
  readonly signal: AbortSignal;
}

/** How an option is typed: `timeFactor` is `--time-factor`. */
export function optionName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
