import type { Gate, Loop } from '../../record/index.js';
import { OK } from '../../samples/index.js';
import type { MeasuredTrial } from '../cell/measured-trial.js';
import { percentileNs, sortLatencies } from '../percentiles/sorted-latencies.js';
import { ms, percent } from './wording.js';

/** Below this many requests in a third its throughput alone varies by 10% by chance. */
const NEEDED_IN_THIRD = 100;

/**
 * How far throughput and median of each third are from their mean, over the thirds of all trials together. It is shown and
 * invalidates nothing: drift of the machine is what pairing is for, and what cannot be paired is only drawn (method rule 11).
 * In an open loop the schedule sets the arrivals, so its throughput is the share of them that ended in their own third.
 */
export function steadinessGate(trials: readonly MeasuredTrial[], loop: Loop): Gate {
  const thirds = [0, 1, 2].map((third) => measureThird(trials, third));
  const fewest = Math.min(...thirds.map(({ begun }) => begun));
  const flows = thirds.map(({ begun, ended }) => (loop.kind === 'closed' ? begun : ended / begun));
  const p50sMs = thirds.map(({ p50Ms }) => p50Ms);
  const detail =
    fewest < NEEDED_IN_THIRD
      ? `not looked at: ${fewest} requests in a third, ${NEEDED_IN_THIRD} are needed`
      : !p50sMs.every(Number.isFinite)
        ? 'in a third, half of the requests or more had no right answer'
        : `throughput of the thirds within ${percent(farthest(flows))}, p50 within ${percent(farthest(p50sMs))} of their mean (${p50sMs.map(ms).join(', ')})`;
  return { name: 'steadiness', passed: true, detail };
}

/** `begun`: requests that were to begin in it. */
function measureThird(
  trials: readonly MeasuredTrial[],
  third: number,
): { readonly begun: number; readonly ended: number; readonly p50Ms: number } {
  const timesNs = new Float64Array(trials.reduce((sum, { samples }) => sum + samples.length, 0));
  let [begun, ended] = [0, 0];
  for (const { record, samples } of trials) {
    const [fromNs, untilNs] = [(record.durationMs * 1e6 * third) / 3, (record.durationMs * 1e6 * (third + 1)) / 3];
    for (let row = 0; row < samples.length; row++) {
      const [intendedAtNs, doneAtNs] = [samples.intendedAtNs[row]!, samples.doneAtNs[row]!];
      if (doneAtNs >= fromNs && doneAtNs < untilNs) ended++;
      if (!(intendedAtNs >= fromNs && intendedAtNs < untilNs)) continue;
      timesNs[begun++] = samples.outcome[row] === OK ? doneAtNs - intendedAtNs : Number.POSITIVE_INFINITY;
    }
  }
  return { begun, ended, p50Ms: percentileNs(sortLatencies(timesNs.subarray(0, begun)), 0.5) / 1e6 };
}

/** Largest distance from the mean, as a share of the mean. */
function farthest(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.max(...values.map((value) => Math.abs(value - mean) / mean));
}
