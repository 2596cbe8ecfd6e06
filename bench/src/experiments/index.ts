import { batch } from './batch/plan.js';
import { complexity } from './complexity/plan.js';
import { concurrency } from './concurrency/plan.js';
import type { Experiment } from './experiment.js';
import { headline } from './headline/plan.js';
import { network } from './network/plan.js';
import { optimised } from './optimised/plan.js';
import { protocol } from './protocol/plan.js';

/** Every experiment, in the order of the report. */
export const EXPERIMENTS: readonly Experiment[] = [headline, concurrency, protocol, network, complexity, batch, optimised];
