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
  /** `isCut`: to be cut before it begins. */
  | { readonly kind: 'run'; readonly order: TrialOrder; readonly isCut: boolean }
  | { readonly kind: 'cut' }
  | { readonly kind: 'close-connections' };

/** What of this the thread hears that runs trials. */
export type ToThread = Exclude<ToGenerator, { kind: 'cut' }>;

/** What the generator's process says to the study's. */
export type FromGenerator =
  | { readonly kind: 'ready' }
  | { readonly kind: 'window-start'; readonly startedAt: string; readonly startedAtNs: number }
  | { readonly kind: 'window-end' }
  | { readonly kind: 'done'; readonly outcome: TrialOutcome }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | undefined };
