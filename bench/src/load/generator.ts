import type { Floor } from '../record/index.js';
import type { PreparedRequest } from '../requests/index.js';
import type { TrialOutcome } from './trial-outcome.js';
import type { TrialSpec } from './trial-spec.js';

export interface TrialHooks {
  /** Ends the trial early: what was measured until then is in the outcome, which says `cut`. */
  readonly signal?: AbortSignal;
  /**
   * Called when the warm-up is over: the window begins when it resolves, for generators that load together. Default: at once.
   */
  readonly waitForOthers?: () => Promise<void>;
  /** The window begins (now, but for the message's way: under a millisecond). */
  readonly onWindowStart?: (start: { readonly startedAt: string; readonly startedAtNs: number }) => void;
  readonly onWindowEnd?: () => void;
}

/** A kind of request whose floor is wanted. */
export interface FloorKind extends Pick<Floor, 'protocol' | 'payload' | 'model' | 'batch'> {
  readonly request: PreparedRequest;
}

/** A process that generates load, one trial after another. */
export interface Generator extends AsyncDisposable {
  /** Rejects when the generator dies or cannot begin (samples file exists, target is no address); a server's failures are samples. */
  runTrial(spec: TrialSpec, hooks?: TrialHooks): Promise<TrialOutcome>;
  /** Closes the connections that trials have left open. Not while one runs. */
  closeConnections(): void;
  /** For one that runs elsewhere: its own floors, measured there. */
  readonly measureFloors?: (kinds: readonly FloorKind[]) => Promise<Floor[]>;
}
