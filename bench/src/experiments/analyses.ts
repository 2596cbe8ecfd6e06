import type { ExperimentAnalysis } from '../analysis/experiment-analysis.js';
import { batchAnalysis } from './batch/analysis.js';
import { complexityAnalysis } from './complexity/analysis.js';
import { concurrencyAnalysis } from './concurrency/analysis.js';
import { headlineAnalysis } from './headline/analysis.js';
import { networkAnalysis } from './network/analysis.js';
import { optimisedAnalysis } from './optimised/analysis.js';
import { protocolAnalysis } from './protocol/analysis.js';

/** The reading side of every experiment, in the order of the report. */
export const ANALYSES: readonly ExperimentAnalysis[] = [headlineAnalysis, concurrencyAnalysis, protocolAnalysis, networkAnalysis, complexityAnalysis, batchAnalysis, optimisedAnalysis];
