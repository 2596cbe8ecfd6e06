import type { Gate, Loop } from '../../record/index.js';
import type { MeasuredTrial } from '../cell/measured-trial.js';
import { gate, percent } from './wording.js';

const LIMIT = 0.05;

/**
 * Concurrency against throughput times latency (Little's law; method rule 11), over all trials together. Only a closed loop
 * has a concurrency to compare with. Latency is the service time inside the window, of failed requests too since they keep a
 * worker as well, so that a residual means lost samples, stopped workers, or a generator that was busy with itself between an
 * answer and the next request. What was under way when the window began is not among the samples: each worker may miss as
 * much as the longest request of its trial took, or as passed until the first requests were begun, on top of the 5%. The first
 * request after a change of contestant may be the slowest of all.
 */
export function littlesLawGate(trials: readonly MeasuredTrial[], loop: Loop): Gate {
  if (loop.kind === 'open')
    return gate('littles-law', true, 'not applied: an open loop sets the rate, not the concurrency');
  let [n, totalNs, windowNs, missedNs] = [0, 0, 0, 0];
  for (const { record, samples } of trials) {
    const ownNs = record.durationMs * 1e6;
    let longestNs = 0;
    for (let row = 0; row < samples.length; row++) {
      const [sentAtNs, doneAtNs] = [samples.sentAtNs[row]!, samples.doneAtNs[row]!];
      if (Number.isNaN(doneAtNs - sentAtNs)) continue;
      n++;
      totalNs += Math.max(0, Math.min(doneAtNs, ownNs) - sentAtNs);
      longestNs = Math.max(longestNs, doneAtNs - sentAtNs);
    }
    windowNs += ownNs;
    missedNs += Math.min(ownNs, Math.max(longestNs, untilFirstNs(samples.intendedAtNs, loop.concurrency)));
  }
  if (n === 0) return gate('littles-law', false, 'no request ended', 'see the failures');
  const held = totalNs / windowNs;
  const residual = Math.abs(held - loop.concurrency) / loop.concurrency;
  const allowed = LIMIT + missedNs / windowNs;
  const detail = `throughput x latency is ${Number(held.toPrecision(3))} at concurrency ${loop.concurrency}: ${percent(residual)} apart (limit ${percent(allowed)})`;
  const remedy = 'run longer; if it stays, the generator needs a core of its own';
  return gate('littles-law', residual <= allowed, detail, remedy);
}

/** When so many workers began their first request, on average. */
function untilFirstNs(intendedAtNs: Float64Array, workers: number): number {
  const first = intendedAtNs.toSorted().subarray(0, workers);
  return first.reduce((sum, instantNs) => sum + instantNs, 0) / Math.max(1, first.length);
}
