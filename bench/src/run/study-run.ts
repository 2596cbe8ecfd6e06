import type { Fleet, RunningInstance } from '../contestants/index.js';
import type { Experiment } from '../experiments/experiment.js';
import type { Generator } from '../load/index.js';
import type { StudyRecord } from '../record/index.js';
import type { GoldenSet } from '../requests/index.js';
import type { RunFolder } from '../run-folder/index.js';
import type { LedgerEntry } from './ledger.js';
import type { Progress } from './progress.js';

export interface StudyRun {
  readonly folder: RunFolder;
  /** As planned; completed and written again as the run goes on. */
  readonly record: StudyRecord;
  readonly experiments: readonly Experiment[];
  /** Ids of the contestants that can run here. */
  readonly contestants: readonly string[];
  readonly fleet: Fleet;
  readonly generator: Generator;
  /** How long a server that has just started is loaded at most before it is measured. */
  readonly longestWarmUpMs: number;
  readonly golden: (model: string, version: number) => Promise<GoldenSet>;
  readonly modelBasePath: (model: string) => string;
  readonly ledgerFacts: (instance: RunningInstance) => Omit<LedgerEntry, 'instance' | 'requestBytes' | 'floor'>;
  readonly progress: Progress;
  /** Ctrl-C: the trial under way is cut, the rest is left out, the report tells. */
  readonly signal: AbortSignal;
}

/** Whether the user asked to stop. A function, since the answer changes while others are awaited. */
export function stopped(run: StudyRun): boolean {
  return run.signal.aborted;
}
