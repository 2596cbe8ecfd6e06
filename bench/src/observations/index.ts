import { subjectOf, type Subject } from '../questions/subject.js';
import type { OwnModel, Profile } from '../record/index.js';
import type { ObserveContext } from '../run/observe-context.js';
import { searchCapacities, searchLongerMs } from './capacity/search-capacity.js';
import { observeHealth } from './default-concurrency/observe-health.js';
import { observeHotUpdates, updatesLongerMs } from './hot-update/observe-hot-updates.js';
import { countWork } from './work-by-hand/count-work.js';

/** What a question asks for besides cells. */
export interface Observation {
  /** The record is stored under the question's id. */
  observe(context: ObserveContext): Promise<unknown>;
  /** Expected time with the servers it starts; that of a user's own model follows from how long a prediction takes. */
  readonly expectedMs: (profile: Profile, own: OwnModel | undefined) => number;
}

/** By the id of their question. */
export const OBSERVATIONS: Readonly<Record<string, Observation>> = {
  'work-by-hand': { observe: countWork, expectedMs: () => 0 },
  'hot-update': {
    observe: observeHotUpdates,
    expectedMs: lasting({ quick: 76_000, standard: 76_000, thorough: 170_000 }, updatesLongerMs),
  },
  'default-concurrency': {
    observe: observeHealth,
    expectedMs: lasting({ quick: 46_000, standard: 50_000, thorough: 260_000 }),
  },
  capacity: {
    observe: searchCapacities,
    expectedMs: lasting({ quick: 80_000, standard: 90_000, thorough: 800_000 }, searchLongerMs),
  },
};

/** The time with the models of this project, and how much longer a slower one takes. */
function lasting(
  usual: Readonly<Record<Profile, number>>,
  longerMs: (subject: Subject, profile: Profile) => number = () => 0,
): Observation['expectedMs'] {
  return (profile, own) => usual[profile] + longerMs(subjectOf(own), profile);
}
