import type { ExperimentAnalysis } from '../analysis/experiment-analysis.js';
import { batchAnalysis } from './batch/analysis.js';
import { capacityAnalysis } from './capacity/analysis.js';
import { complexityAnalysis } from './complexity/analysis.js';
import { concurrencyAnalysis } from './concurrency/analysis.js';
import { defaultConcurrencyAnalysis } from './default-concurrency/analysis.js';
import { gpuAnalysis } from './gpu/analysis.js';
import { headlineAnalysis } from './headline/analysis.js';
import { hotUpdateAnalysis } from './hot-update/analysis.js';
import { networkAnalysis } from './network/analysis.js';
import { optimisedAnalysis } from './optimised/analysis.js';
import { protocolAnalysis } from './protocol/analysis.js';
import { resourcesAnalysis } from './resources/analysis.js';
import { scaleOutAnalysis } from './scale-out/analysis.js';
import { scalingAnalysis } from './scaling/analysis.js';
import { workByHandAnalysis } from './work-by-hand/analysis.js';

/** The reading side of every experiment, in the order of the report. */
export const ANALYSES: readonly ExperimentAnalysis[] = [
  headlineAnalysis,
  complexityAnalysis,
  networkAnalysis,
  batchAnalysis,
  optimisedAnalysis,
  concurrencyAnalysis,
  resourcesAnalysis,
  gpuAnalysis,
  workByHandAnalysis,
  hotUpdateAnalysis,
  defaultConcurrencyAnalysis,
  scalingAnalysis,
  capacityAnalysis,
  protocolAnalysis,
  scaleOutAnalysis,
];
