import type { TrialOutcome } from './trial-outcome.js';
import type { TrialSpec } from './trial-spec.js';

/** What the study's process says to the generator's. */
export type ToGenerator =
  /** `isCut`: to be cut before it begins. */
  { readonly kind: 'run'; readonly spec: TrialSpec; readonly isCut: boolean } | { readonly kind: 'cut' };

/** What the generator's process says to the study's. */
export type FromGenerator =
  | { readonly kind: 'ready' }
  | { readonly kind: 'window-start'; readonly startedAt: string; readonly startedAtNs: number }
  | { readonly kind: 'window-end' }
  | { readonly kind: 'done'; readonly outcome: TrialOutcome }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | undefined };
