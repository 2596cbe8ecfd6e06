import type { TrialOutcome } from './trial-outcome.js';
import type { PreparedRequest, TrialSpec } from './trial-spec.js';

/** Megabytes that many trials need: sent once and then named. */
export interface NamedRequests {
  readonly name: number;
  /** Absent when the generator has them. */
  readonly requests?: readonly PreparedRequest[];
  /** Names that will not be used again. */
  readonly forget: readonly number[];
}

export interface TrialOrder {
  readonly spec: Omit<TrialSpec, 'requests'>;
  readonly requests: NamedRequests;
}

/** What the study's process says to the generator's. */
export type ToGenerator =
  /** `isCut`: to be cut before it begins. `waits`: its window begins at `start`, once it has said that it is warm. */
  | { readonly kind: 'run'; readonly order: TrialOrder; readonly isCut: boolean; readonly waits: boolean }
  | { readonly kind: 'start' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'close-connections' };

/** What of this the thread hears as messages that runs trials. */
export type ToThread = Extract<ToGenerator, { kind: 'run' | 'close-connections' }>;

/** The rest it sees in shared memory, where it looks while it runs a trial. */
export const FLAGS = { cut: 0, start: 1 } as const;

/** What the generator's process says to the study's. */
export type FromGenerator =
  | { readonly kind: 'ready' }
  /** The warm-up is over: the window may begin. */
  | { readonly kind: 'warm' }
  | { readonly kind: 'window-start'; readonly startedAt: string; readonly startedAtNs: number }
  | { readonly kind: 'window-end' }
  | { readonly kind: 'done'; readonly outcome: TrialOutcome }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | undefined };
