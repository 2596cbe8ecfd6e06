import type { Launch, RunningInstance } from '../contestants/index.js';
import type { TrialHooks, TrialOutcome } from '../load/index.js';
import type { Loop, Profile } from '../record/index.js';
import type { Subject } from '../questions/subject.js';
import type { GoldenSet } from '../requests/index.js';
import type { SampleTable } from '../samples/index.js';
import type { ServedModels } from './zoo.js';

/** A server that may be measured, or why there is none. */
export type Admitted = { readonly instance: RunningInstance } | { readonly leftOut: string };

export interface ObservedLoad {
  /** Part of the samples file's name; unique in the experiment. */
  readonly name: string;
  readonly instance: RunningInstance;
  /** Loads of an experiment with the same number get the same arrivals and inputs (method rules 2 and 8). */
  readonly block: number;
  readonly loop: Loop;
  /** Of an open loop whose rate changes on the way: intended instants in ns from the start of the window, from a seed. */
  readonly schedule?: (seed: number) => Float64Array;
  /** Every version that may rightly answer; default: that of the instance. */
  readonly golden?: readonly [GoldenSet, ...GoldenSet[]];
  readonly warmupMs: number;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly hooks?: Omit<TrialHooks, 'signal'>;
  /** Who answers when it is over, where that may be another than `instance`. */
  readonly served?: () => Promise<RunningInstance>;
}

/** A server did not start, died or hangs: nothing it did is its result. The record has the reason already. */
export class GoneError extends Error {}

/** What was seen of a server; undefined when it is gone. */
export async function unlessGone<T>(seen: Promise<T>): Promise<T | undefined> {
  return await seen.catch((error: unknown) => {
    if (error instanceof GoneError) return undefined;
    throw error;
  });
}

/** What a contestant is started for in an observation. Default: the newest version from the model's own folder, no factors. */
export type Wanted = Pick<Launch, 'model'> & Partial<Launch>;

/** What an experiment gets that does more than cells: the servers, load, a place for files, a way to be stopped. */
export interface ObserveContext {
  readonly profile: Profile;
  readonly subject: Subject;
  /** Contestants that can run here. */
  readonly contestants: readonly string[];
  /** A contestant that may be measured, or why it is left out; the record has the reason too. */
  readonly instance: (contestant: string, wanted: Wanted) => Promise<Admitted>;
  /** Stops it and starts it again for the same launch, with nothing checked: the start itself is observed. */
  readonly restart: (instance: RunningInstance) => Promise<RunningInstance>;
  readonly stopServers: () => Promise<void>;
  readonly zoo: ServedModels;
  /** Drives load and reads its samples back. @throws GoneError for a server that answers no more when it is over. */
  readonly load: (options: ObservedLoad) => Promise<{ readonly outcome: TrialOutcome; readonly samples: SampleTable }>;
  /** Says in the record, so that a resume observes again, why this contestant, or what is done with several, could not be observed. */
  readonly leaveOut: (subject: string, reason: string) => Promise<void>;
  readonly signal: AbortSignal;
  readonly now: (text: string) => void;
}
