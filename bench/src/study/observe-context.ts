import type { Fleet } from '../contestants/index.js';
import type { Profile } from '../record/index.js';

/** What an experiment gets that does more than cells: the servers, a place for files, a way to be stopped. */
export interface ObserveContext {
  readonly profile: Profile;
  readonly fleet: Fleet;
  /** The run folder. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly now: (text: string) => void;
}
