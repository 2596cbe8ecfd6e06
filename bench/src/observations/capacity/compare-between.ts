import type { RunningInstance } from '../../contestants/index.js';
import type { Latency, Profile } from '../../record/index.js';
import type { ObserveContext } from '../../run/observe-context.js';
import { inProcess } from '../../questions/subject.js';
import { PAIRS_NEEDED, samplesNeeded } from '../../stats/index.js';
import { tailMs } from '../observed-latency.js';
import type { Capacity } from './record.js';
import { leastMs, offer, PERCENTILE, TIMEOUT_MS } from './offer.js';

/** Pairs enough for an interval (method rule 8), and one to spare for a generator that could not keep up. */
const BLOCKS: Readonly<Record<Profile, number>> = { quick: 6, standard: 6, thorough: 13 };

/**
 * A search is made once. At a rate between the capacities that were found, both are offered the same arrivals in turn, so that
 * the tails can be compared with an interval. Null where one of them was not searched or held no rate.
 */
export async function compareBetween(
  found: Capacity['contestants'],
  context: ObserveContext,
): Promise<Capacity['between']> {
  /** Those between whom the claim is decided. */
  const compared = [inProcess(context.subject), 'direct-rest'];
  const held = compared.map((id) => found.find(({ contestant }) => contestant === id)?.heldPerS ?? 0);
  const ratePerS = Math.sqrt(held.reduce((product, rate) => product * rate, 1));
  if (ratePerS === 0) return null;
  const instances: RunningInstance[] = [];
  for (const id of compared) {
    const admitted = await context.instance(id, { model: context.subject.model });
    if ('leftOut' in admitted) return null;
    instances.push(admitted.instance);
  }
  const p99MsByBlock: [number, number][] = [];
  const serviceP99MsByBlock: [number, number][] = [];
  for (let block = 0; block < BLOCKS[context.profile] && !context.signal.aborted; block += 1) {
    const tails: (Readonly<Record<Latency, number>> | undefined)[] = [];
    // A B B A (method rule 8).
    for (const at of block % 2 === 0 ? [0, 1] : [1, 0]) {
      const instance = instances[at];
      if (instance === undefined) continue;
      context.now(`${instance.contestant.id} at ${Math.round(ratePerS)} requests per second, block ${block + 1}`);
      const samples = await offer(instance, context, {
        name: `${instance.contestant.id}-between-${block}`,
        block,
        ratePerS,
        warmupMs: 200,
        durationMs: leastMs(ratePerS),
      });
      // Arrivals are random: there may be too few of them.
      if (samples === undefined || samples.length < samplesNeeded(PERCENTILE)) break;
      const tail = (of: Latency): number => tailMs([samples], PERCENTILE, of) ?? TIMEOUT_MS;
      tails[at] = { response: tail('response'), service: tail('service') };
    }
    const [style, serving] = tails;
    if (style === undefined || serving === undefined) continue;
    p99MsByBlock.push([style.response, serving.response]);
    serviceP99MsByBlock.push([style.service, serving.service]);
  }
  if (p99MsByBlock.length < PAIRS_NEEDED)
    await context.leaveOut(
      `the comparison of ${compared.join(' and ')}`,
      `the load generator could not keep up with ${Math.round(ratePerS)} requests per second in too many blocks`,
    );
  return { ratePerS, contestants: compared, p99MsByBlock, serviceP99MsByBlock };
}
