import type { Latency } from '../../record/index.js';
import { hdrPercentileText } from '../percentiles/hdr.js';
import { latenciesOf, type MeasuredTrial } from './measured-trial.js';

/** Both latencies of a cell (method rule 3), over all of these trials, as HdrHistogram's percentile text. */
export function percentileTexts(trials: readonly MeasuredTrial[]): Readonly<Record<Latency, string>> {
  const tables = trials.map(({ samples }) => samples);
  return {
    service: hdrPercentileText(latenciesOf(tables, 'service')),
    response: hdrPercentileText(latenciesOf(tables, 'response')),
  };
}
