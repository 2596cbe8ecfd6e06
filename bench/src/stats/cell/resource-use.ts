import type { Cell, CellResult } from '../../record/index.js';
import type { MeasuredTrial } from './measured-trial.js';

/**
 * What the contestant's processes used, all of them together: CPU per request that was sent, and the sum of their largest
 * resident sets in the trial where that was highest; and how long the event loop of a Node contestant was held up. Null where
 * nothing was recorded. The generator's own use is not in it.
 */
export function resourceUse(
  cell: Cell,
  trials: readonly MeasuredTrial[],
): Pick<CellResult, 'cpuMsPerRequest' | 'rssMaxBytes' | 'eventLoopDelayP99Ms'> {
  let [cpuSeconds, requests] = [0, 0];
  let rssMaxBytes: number | null = null;
  for (const { record, samples } of trials) {
    const own = record.usage.filter(({ contestant }) => contestant === cell.contestant);
    if (own.length === 0) continue;
    cpuSeconds += own.reduce((sum, usage) => sum + usage.cpuSeconds, 0);
    requests += samples.sentAtNs.reduce((sent, atNs) => (Number.isNaN(atNs) ? sent : sent + 1), 0);
    const rss = own.reduce((sum, usage) => sum + usage.rssMaxBytes, 0);
    rssMaxBytes = Math.max(rssMaxBytes ?? 0, rss);
  }
  const delays = trials.flatMap(({ record }) => record.eventLoopDelayP99Ms ?? []).sort((a, b) => a - b);
  return {
    cpuMsPerRequest: requests === 0 ? null : (cpuSeconds * 1e3) / requests,
    rssMaxBytes,
    eventLoopDelayP99Ms: delays[Math.floor(delays.length / 2)] ?? null,
  };
}
