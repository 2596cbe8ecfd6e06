import type { ExperimentAnalysis } from '../analysis/experiment-analysis.js';
import { concurrencyAnalysis } from './concurrency/analysis.js';
import { headlineAnalysis } from './headline/analysis.js';

/** The reading side of every experiment, in the order of the report. */
export const ANALYSES: readonly ExperimentAnalysis[] = [headlineAnalysis, concurrencyAnalysis];
