import type { Cell, Contestant, ModelFacts, Profile } from '../record/index.js';
import type { ObserveContext } from '../run/observe-context.js';

/** What an experiment may know when it plans: everything else is measured. */
export interface PlanContext {
  readonly profile: Profile;
  readonly schedulableCpus: number;
  /** The CPUs that servers may use, by their numbers. */
  readonly serverCpus: readonly number[];
  /** Why no GPU can be measured here; undefined when one can. */
  readonly noGpu: string | undefined;
  /** Whether servers can be held to a memory limit here. */
  readonly memoryLimits: boolean;
  /** Contestants that can run here, in the order of the catalogue. */
  readonly contestants: readonly PlannedContestant[];
  /** Models of the zoo that can be had here, with their newest version. */
  readonly models: ReadonlyMap<string, ModelFacts>;
}

export type PlannedContestant = Pick<Contestant, 'id' | 'role' | 'family' | 'protocol'>;

/** A question put to the contestants. Its analysis lives beside it and reads only records (method: samples are the border). */
export interface Experiment {
  readonly id: string;
  /** Profiles it is part of. */
  readonly profiles: readonly Profile[];
  /** Why it cannot be done here, in words; its claims then read NOT TESTED with this reason. */
  notTested(context: PlanContext): string | undefined;
  /** Pure: the same context gives the same cells. */
  cells(context: PlanContext): Cell[];
  /** What is not a matter of cells and trials (a version swap's timeline, counts of lines); stored under the experiment's id. */
  observe?(context: ObserveContext): Promise<unknown>;
  /** Expected time of `observe` with the servers it starts, for the plan. */
  readonly observeMs?: Readonly<Record<Profile, number>>;
}
