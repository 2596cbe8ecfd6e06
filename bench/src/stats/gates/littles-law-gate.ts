import type { Gate, Loop } from '../../record/index.js';
import type { SampleTable } from '../../samples/index.js';
import type { MeasuredTrial } from '../cell/measured-trial.js';
import { gate, percent } from './wording.js';

const LIMIT = 0.05;
/** Of the service time. A generator that is usually later than this stalls. */
const MOST_LAG = 0.2;

/**
 * Concurrency against throughput times latency (Little's law; method rule 11), over all trials together. Only a closed loop
 * has a concurrency to compare with. Latency is the service time inside the window, of failed requests too since they keep a
 * worker as well, and what was under way when the window began. The generator's usual lag between an answer and the next
 * request counts as busy, up to a fifth of the service time: the floors show it. So a residual means lost samples, stopped
 * workers, or a generator that stalled.
 */
export function littlesLawGate(trials: readonly MeasuredTrial[], loop: Loop): Gate {
  if (loop.kind === 'open')
    return gate('littles-law', true, 'not applied: an open loop sets the rate, not the concurrency');
  let [ended, busyNs, windowNs] = [0, 0, 0];
  const longestNs = Math.max(0, ...trials.map(({ samples }) => longestServiceNs(samples)));
  for (const { record, samples } of trials) {
    const ownNs = record.durationMs * 1e6;
    let [own, serviceNs] = [0, 0];
    for (let row = 0; row < samples.length; row++) {
      const [sentAtNs, doneAtNs] = [samples.sentAtNs[row]!, samples.doneAtNs[row]!];
      if (Number.isNaN(doneAtNs - sentAtNs)) continue;
      own++;
      serviceNs += Math.max(0, Math.min(doneAtNs, ownNs) - sentAtNs);
    }
    ended += own;
    busyNs += serviceNs + Math.min(own * record.generator.lagP50Ms * 1e6, MOST_LAG * serviceNs);
    const carried = carriedNs(samples, loop.concurrency);
    // Who sent nothing may have had one request under way all the time, if any took so long.
    const silentNs = Math.min(ownNs, longestNs) * (loop.concurrency - carried.length);
    busyNs += carried.reduce((sum, each) => sum + each, silentNs);
    windowNs += ownNs;
  }
  if (ended === 0) return gate('littles-law', false, 'no request ended', 'see the failures');
  const held = busyNs / windowNs;
  const residual = Math.abs(held - loop.concurrency) / loop.concurrency;
  const detail = `throughput x latency is ${Number(held.toPrecision(3))} at concurrency ${loop.concurrency}: ${percent(residual)} apart (limit ${percent(LIMIT)})`;
  const remedy = 'run longer; if it stays, the generator needs a core of its own';
  return gate('littles-law', residual <= LIMIT, detail, remedy);
}

/**
 * How long the requests that were under way when the window began took of it, by worker. A worker's next request is intended
 * when its last one ended, so an intended instant at which none ended is the end of one of these.
 */
function carriedNs({ intendedAtNs, doneAtNs }: SampleTable, concurrency: number): readonly number[] {
  const ends = new Set(doneAtNs);
  const firsts = intendedAtNs.filter((atNs) => !ends.has(atNs)).toSorted();
  return [...firsts.subarray(0, concurrency)];
}

function longestServiceNs({ sentAtNs, doneAtNs }: SampleTable): number {
  return doneAtNs.reduce((longest, atNs, row) => {
    const tookNs = atNs - sentAtNs[row]!;
    return tookNs > longest ? tookNs : longest;
  }, 0);
}
