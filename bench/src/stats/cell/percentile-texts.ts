import { hdrPercentileText } from '../percentiles/hdr.js';
import { concatenate, responseTimesNs, serviceTimesNs, type MeasuredTrial } from './measured-trial.js';

/** Both latencies of a cell (method rule 3), over all of these trials, as HdrHistogram's percentile text. */
export function percentileTexts(trials: readonly MeasuredTrial[]): Readonly<Record<'service' | 'response', string>> {
  const tables = trials.map(({ samples }) => samples);
  return {
    service: hdrPercentileText(concatenate(tables.map(serviceTimesNs))),
    response: hdrPercentileText(concatenate(tables.map(responseTimesNs))),
  };
}
