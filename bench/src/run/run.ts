import type { Fleet, RunningInstance } from '../contestants/index.js';
import type { Generator } from '../load/index.js';
import type { Observation } from '../observations/index.js';
import type { Subject } from '../questions/subject.js';
import type { RunFolder } from '../run-folder/index.js';
import type { Keeper } from './keeper.js';
import type { LedgerFacts } from './ledger.js';
import type { Progress } from './progress.js';
import type { ServedModels } from './zoo.js';

/** Everything a run works with. */
export interface Run {
  readonly folder: RunFolder;
  readonly keeper: Keeper;
  /** By the id of their question. */
  readonly observations: Readonly<Record<string, Observation>>;
  /** Ids of the contestants that can run here. */
  readonly contestants: readonly string[];
  readonly fleet: Fleet;
  readonly generator: Generator;
  /** How long a server that has just started is loaded at most before it is measured. */
  readonly longestWarmUpMs: number;
  /** How long a server that was observed is waited for when it answers nothing. */
  readonly answerLimitMs: number;
  readonly subject: Subject;
  readonly zoo: ServedModels;
  readonly ledgerFacts: (instance: RunningInstance) => LedgerFacts;
  readonly progress: Pick<Progress, 'say' | 'now'>;
  /** Ctrl-C: the block under way is dropped, the rest is left out, the report tells. */
  readonly signal: AbortSignal;
}

/** Whether the user asked to stop. A function, since the answer changes while others are awaited. */
export function stopped(run: Pick<Run, 'signal'>): boolean {
  return run.signal.aborted;
}
