import { batch } from './batch/plan.js';
import { capacity } from './capacity/plan.js';
import { complexity } from './complexity/plan.js';
import { concurrency } from './concurrency/plan.js';
import { defaultConcurrency } from './default-concurrency/plan.js';
import type { Experiment } from './experiment.js';
import { gpu } from './gpu/plan.js';
import { headline } from './headline/plan.js';
import { hotUpdate } from './hot-update/plan.js';
import { network } from './network/plan.js';
import { optimised } from './optimised/plan.js';
import { protocol } from './protocol/plan.js';
import { resources } from './resources/plan.js';
import { scaleOut } from './scale-out/plan.js';
import { scaling } from './scaling/plan.js';
import { workByHand } from './work-by-hand/plan.js';

/** Every experiment, in the order of the report. */
export const EXPERIMENTS: readonly Experiment[] = [
  headline,
  complexity,
  network,
  batch,
  optimised,
  concurrency,
  resources,
  gpu,
  workByHand,
  hotUpdate,
  defaultConcurrency,
  scaling,
  capacity,
  protocol,
  scaleOut,
];
