import { batch } from './batch.js';
import { capacity } from './capacity.js';
import { complexity } from './complexity.js';
import { concurrency } from './concurrency.js';
import { defaultConcurrency } from './default-concurrency.js';
import type { Claim } from './claim.js';
import type { Question } from './define.js';
import { gpu } from './gpu.js';
import { headline } from './headline.js';
import { hotUpdate } from './hot-update.js';
import { network } from './network.js';
import { optimised } from './optimised.js';
import { protocol } from './protocol.js';
import { resources } from './resources.js';
import { scaleOut } from './scale-out.js';
import { scaling } from './scaling.js';
import { workByHand } from './work-by-hand.js';

/** Every question, in the order of the report. */
export const QUESTIONS: readonly Question[] = [
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

/** Every claim, in the order of its questions. Ids are unique. */
export const CLAIMS: readonly Claim[] = QUESTIONS.flatMap(({ claims }) => claims);
