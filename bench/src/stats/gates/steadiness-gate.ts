import type { Gate, Loop } from '../../record/index.js';
import { OK } from '../../samples/index.js';
import { concatenate, type MeasuredTrial } from '../cell/measured-trial.js';
import { percentileNs, sortLatencies } from '../percentiles/index.js';
import { ms, percent } from './wording.js';

/** How far a third may be from the mean of the three (perf_analyzer's rule; method rule 11). */
const LIMIT = 0.1;
/** Below this many requests in a third its throughput alone varies by 10% by chance. */
const NEEDED_IN_THIRD = 100;

/** Drift is what pairing is for: with so many blocks it is shown and invalidates nothing (method rule 11). */
const BLOCKS_AGAINST_DRIFT = 20;

/**
 * Were throughput and median the same in each third of a trial (method rule 11)? The first thirds of all trials are taken
 * together, and so on, and a third that is off must be off to the same side in more than half of the trials: what drifts
 * within every trial shows, what hits one trial by chance does not, and the interval of the comparison tells of it. In an
 * open loop the schedule sets the arrivals, so its throughput is the share of them that ended in their own third.
 */
export function steadinessGate(trials: readonly MeasuredTrial[], loop: Loop): Gate {
  const pooled = measureThirds(trials, loop);
  const fewest = Math.min(...pooled.begun);
  if (fewest < NEEDED_IN_THIRD) {
    return {
      name: 'steadiness',
      passed: true,
      detail: `not judged: ${fewest} requests in a third, ${NEEDED_IN_THIRD} are needed`,
    };
  }
  if (!pooled.p50sMs.every(Number.isFinite))
    return {
      name: 'steadiness',
      passed: false,
      detail: 'in a third, half of the requests or more had no right answer: there is no median to compare',
      remedy: 'offer less than the server can bear',
    };
  const [flow, median] = [largest(offsets(pooled.flows)), largest(offsets(pooled.p50sMs))];
  const each = trials.map((trial) => measureThirds([trial], loop));
  const shared =
    isShared(
      offsets(pooled.flows),
      each.map(({ flows }) => offsets(flows)),
    ) ||
    isShared(
      offsets(pooled.p50sMs),
      each.map(({ p50sMs }) => offsets(p50sMs)),
    );
  const detail = `throughput of the thirds within ${percent(flow)}, p50 within ${percent(median)} of their mean (${pooled.p50sMs.map(ms).join(', ')})`;
  if (flow <= LIMIT && median <= LIMIT) return { name: 'steadiness', passed: true, detail };
  if (trials.length >= BLOCKS_AGAINST_DRIFT)
    return { name: 'steadiness', passed: true, detail: `${detail}; ${trials.length} blocks are compared in pairs` };
  if (!shared) return { name: 'steadiness', passed: true, detail: `${detail}; most trials do not share it` };
  return {
    name: 'steadiness',
    passed: false,
    detail,
    remedy: 'warm up longer, offer less than the server can bear, or keep the machine free of other work',
  };
}

interface Thirds {
  /** Requests that were to begin in each third. */
  readonly begun: readonly number[];
  readonly flows: readonly number[];
  readonly p50sMs: readonly number[];
}

function measureThirds(trials: readonly MeasuredTrial[], loop: Loop): Thirds {
  const thirds = [0, 1, 2].map((third) => measureThird(trials, third));
  return {
    begun: thirds.map(({ begun }) => begun),
    flows: thirds.map(({ begun, ended }) => (loop.kind === 'closed' ? begun : ended / begun)),
    p50sMs: thirds.map(({ p50Ms }) => p50Ms),
  };
}

/** Whether a third that is off in all trials together is off, and to the same side, in more than half of them. */
function isShared(pooled: readonly number[], each: readonly (readonly number[])[]): boolean {
  return pooled.some((offset, third) => {
    if (Math.abs(offset) <= LIMIT) return false;
    const agreeing = each.filter((own) => Math.abs(own[third]!) > LIMIT && own[third]! > 0 === offset > 0);
    return agreeing.length > each.length / 2;
  });
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
      times[begun++] = samples.outcome[row] === OK ? doneAtNs - intendedAtNs : Number.POSITIVE_INFINITY;
    }
    return times.subarray(0, begun);
  });
  const all = sortLatencies(concatenate(responses));
  return { begun: all.length, ended, p50Ms: percentileNs(all, 0.5) / 1e6 };
}

/** Distances from the mean, as shares of the mean. */
function offsets(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => (value - mean) / mean);
}

function largest(distances: readonly number[]): number {
  return Math.max(...distances.map(Math.abs));
}
