import type { Profile } from '../record/index.js';
import type { ObserveContext } from '../run/observe-context.js';
import { searchCapacities } from './capacity/search-capacity.js';
import { observeHealth } from './default-concurrency/observe-health.js';
import { observeHotUpdates } from './hot-update/observe-hot-updates.js';
import { countWork } from './work-by-hand/count-work.js';

/** What a question asks for besides cells. */
export interface Observation {
  /** The record is stored under the question's id. */
  observe(context: ObserveContext): Promise<unknown>;
  /** Expected time with the servers it starts. */
  readonly expectedMs: Readonly<Record<Profile, number>>;
}

/** By the id of their question. */
export const OBSERVATIONS: Readonly<Record<string, Observation>> = {
  'work-by-hand': { observe: countWork, expectedMs: { quick: 0, standard: 0, thorough: 0 } },
  'hot-update': { observe: observeHotUpdates, expectedMs: { quick: 76_000, standard: 76_000, thorough: 170_000 } },
  'default-concurrency': { observe: observeHealth, expectedMs: { quick: 46_000, standard: 50_000, thorough: 260_000 } },
  capacity: { observe: searchCapacities, expectedMs: { quick: 80_000, standard: 90_000, thorough: 800_000 } },
};
