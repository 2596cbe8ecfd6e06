import type { GeneratorHealth } from '../record/index.js';

/** What a trial gave, besides its samples. */
export interface TrialOutcome {
  /** When the window began. */
  readonly startedAt: string;
  /** The same on CLOCK_MONOTONIC in ns: comparable with `process.hrtime` of any process on this machine. */
  readonly startedAtNs: number;
  /** Length of the window: as asked, or until the cut. */
  readonly durationMs: number;
  /** Samples in the file. */
  readonly samples: number;
  readonly generator: GeneratorHealth;
  /** Where several ran it: each by its address; `generator` is then the worst of them. */
  readonly generators?: Readonly<Record<string, GeneratorHealth>>;
  /** True when the trial was ended from outside before its time. */
  readonly cut: boolean;
  /** Up to five different ways in which requests failed, in words, warm-up included: for the reader, not for statistics. */
  readonly failures: readonly string[];
}
