import type { Fleet, RunningInstance } from '../contestants/index.js';
import type { TrialHooks, TrialOutcome } from '../load/index.js';
import type { Loop, Profile } from '../record/index.js';
import type { GoldenSet } from '../requests/index.js';
import type { SampleTable } from '../samples/index.js';

export interface ObservedLoad {
  /** Part of the samples file's name; unique in the experiment. */
  readonly name: string;
  readonly instance: RunningInstance;
  /** Loads of an experiment with the same number get the same arrivals and inputs (method rules 2 and 8). */
  readonly block: number;
  readonly loop: Loop;
  /** Of an open loop whose rate changes on the way: intended instants in ns from the start of the window, from a seed. */
  readonly schedule?: (seed: number) => Float64Array;
  /** Every version that may rightly answer. */
  readonly golden: readonly [GoldenSet, ...GoldenSet[]];
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly hooks?: Omit<TrialHooks, 'signal'>;
}

/** What an experiment gets that does more than cells: the servers, load, a place for files, a way to be stopped. */
export interface ObserveContext {
  readonly profile: Profile;
  /** Contestants that can run here. */
  readonly contestants: readonly string[];
  readonly fleet: Fleet;
  readonly golden: (model: string, version: number) => Promise<GoldenSet>;
  readonly modelBasePath: (model: string) => string;
  /** Drives load and reads its samples back. */
  readonly load: (wish: ObservedLoad) => Promise<{ readonly outcome: TrialOutcome; readonly samples: SampleTable }>;
  readonly signal: AbortSignal;
  readonly now: (text: string) => void;
}
