import type { Gate, Loop } from '../../record/index.js';
import { concatenate, type MeasuredTrial } from '../cell/measured-trial.js';
import { percentileNs, sortLatencies } from '../percentiles/index.js';
import { ms, percent } from './wording.js';

/** How far a third may be from the mean of the three (perf_analyzer's rule; method rule 11). */
const LIMIT = 0.1;
/** Below this many requests in a third its throughput alone varies by 10% by chance. */
const NEEDED_IN_THIRD = 100;

/**
 * Were throughput and median the same in each third of a trial (method rule 11)? The first thirds of all trials are taken
 * together, and so on: what drifts within every trial shows, what hits one trial by chance is averaged. In an open loop
 * the schedule sets the arrivals, so its throughput is the share of them that ended in their own third.
 */
export function steadinessGate(trials: readonly MeasuredTrial[], loop: Loop): Gate {
  const thirds = [0, 1, 2].map((third) => measureThird(trials, third));
  const fewest = Math.min(...thirds.map(({ begun }) => begun));
  if (fewest < NEEDED_IN_THIRD) {
    return {
      name: 'steadiness',
      passed: true,
      detail: `not judged: ${fewest} requests in a third, ${NEEDED_IN_THIRD} are needed`,
    };
  }
  const flows = thirds.map(({ begun, ended }) => (loop.kind === 'closed' ? begun : ended / begun));
  const medians = thirds.map(({ p50Ms }) => p50Ms);
  const [flow, median] = [spread(flows), spread(medians)];
  const detail = `throughput of the thirds within ${percent(flow)}, p50 within ${percent(median)} of their mean (${medians.map(ms).join(', ')})`;
  return flow <= LIMIT && median <= LIMIT
    ? { name: 'steadiness', passed: true, detail }
    : {
        name: 'steadiness',
        passed: false,
        detail,
        remedy: 'warm up longer, offer less than the server can bear, or keep the machine free of other work',
      };
}

function measureThird(
  trials: readonly MeasuredTrial[],
  third: number,
): { readonly begun: number; readonly ended: number; readonly p50Ms: number } {
  let ended = 0;
  const responses = trials.map(({ record, samples }) => {
    const [fromNs, untilNs] = [(record.durationMs * 1e6 * third) / 3, (record.durationMs * 1e6 * (third + 1)) / 3];
    const times = new Float64Array(samples.length);
    let begun = 0;
    for (let row = 0; row < samples.length; row++) {
      const [intendedAtNs, doneAtNs] = [samples.intendedAtNs[row]!, samples.doneAtNs[row]!];
      if (doneAtNs >= fromNs && doneAtNs < untilNs) ended++;
      if (!(intendedAtNs >= fromNs && intendedAtNs < untilNs)) continue;
      times[begun++] = Number.isNaN(doneAtNs) ? Number.POSITIVE_INFINITY : doneAtNs - intendedAtNs;
    }
    return times.subarray(0, begun);
  });
  const all = sortLatencies(concatenate(responses));
  return { begun: all.length, ended, p50Ms: percentileNs(all, 0.5) / 1e6 };
}

/** Largest distance from the mean, as a share of the mean. */
function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.max(...values.map((value) => Math.abs(value - mean) / mean));
}
