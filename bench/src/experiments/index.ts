import { concurrency } from './concurrency/plan.js';
import type { Experiment } from './experiment.js';
import { headline } from './headline/plan.js';

/** Every experiment, in the order of the report. */
export const EXPERIMENTS: readonly Experiment[] = [headline, concurrency];
