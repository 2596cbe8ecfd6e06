import type { RunningInstance } from '../../contestants/index.js';
import type { Latency, Profile } from '../../record/index.js';
import { LATENCY_LIMIT_MS, continueCapacitySearch, startCapacitySearch } from '../../stats/index.js';
import { unlessGone, type ObserveContext } from '../../run/observe-context.js';
import type { SampleTable } from '../../samples/index.js';
import { inProcess, rateFor, type Subject } from '../../questions/subject.js';
import { boundMs, failures, tailMs } from '../observed-latency.js';
import { compareBetween } from './compare-between.js';
import type { Capacity } from './record.js';
import { blockOf, offer, PERCENTILE, stepMs } from './offer.js';
import { overloaded } from './overload.js';

const FEW = ['flask-style', 'proxy-grpc', 'direct-rest'];
const CONTESTANTS: Readonly<Record<Profile, readonly string[]>> = {
  quick: FEW,
  standard: FEW,
  thorough: [...FEW, 'flask-control', 'flask-session', 'direct-grpc'],
};
const SEARCH = { startPerS: 350, resolution: 0.25, highestPerS: 8000, lowestPerS: 20 };

const WARMUP_MS = 200;
/** Failed requests that a step may have and still hold. */
const FAILED_SHARE = 0.001;
/** A rate fails when it fails so often, with other arrivals each time: one stall of the machine is no server's limit. */
const LOOKS = 2;

type Row = Capacity['contestants'][number];
type Step = Row['steps'][number];

/** Loads of a search at about the rate it begins with, those of the comparison between two searches included. */
const LOADS = 8;

/** How much longer it takes with a model that bears lower rates only. */
export function searchLongerMs(subject: Subject, profile: Profile): number {
  const { startPerS } = SEARCH;
  const longerMs = stepMs(rateFor(subject, startPerS), profile) - stepMs(startPerS, profile);
  return CONTESTANTS[profile].length * LOADS * longerMs;
}

export async function searchCapacities(context: ObserveContext): Promise<Capacity> {
  const contestants: Row[] = [];
  const wanted = new Set([inProcess(context.subject), ...CONTESTANTS[context.profile]]);
  for (const id of [...wanted].filter((each) => context.contestants.includes(each))) {
    if (context.signal.aborted) break;
    const admitted = await context.instance(id, { model: context.subject.model });
    if ('leftOut' in admitted) continue;
    const row = await unlessGone(searchOne(admitted.instance, context));
    if (row?.steps.length === 0) await context.leaveOut(id, 'the load generator could not keep up with the first rate');
    else if (row !== undefined) contestants.push(row);
  }
  const between = context.signal.aborted ? undefined : await unlessGone(compareBetween(contestants, context));
  return { limitMs: LATENCY_LIMIT_MS, percentile: PERCENTILE, contestants, between: between ?? null };
}

async function searchOne(instance: RunningInstance, context: ObserveContext): Promise<Row> {
  const steps: Step[] = [];
  const { startPerS } = SEARCH;
  let search = startCapacitySearch({ ...SEARCH, startPerS: rateFor(context.subject, startPerS) });
  while (search.tryPerS !== undefined && !context.signal.aborted) {
    const looks = await tryRate(instance, search.tryPerS, context);
    if (looks === undefined) break;
    steps.push(...looks);
    search = continueCapacitySearch(
      search,
      looks.some(({ held }) => held),
    );
  }
  const { heldPerS, failedPerS, tryPerS: leftPerS } = search;
  const overload = heldPerS > 0 && !context.signal.aborted ? await overloaded(instance, heldPerS, context) : null;
  return {
    contestant: instance.contestant.id,
    heldPerS,
    failedPerS: failedPerS ?? null,
    leftPerS: leftPerS ?? null,
    steps,
    overload,
  };
}

/**
 * Looks at a rate until it holds or has failed often enough; undefined when the generator cannot keep up with it. A look that
 * the generator spoiled after one that failed takes nothing from that.
 */
async function tryRate(
  instance: RunningInstance,
  ratePerS: number,
  context: ObserveContext,
): Promise<Step[] | undefined> {
  const looks: Step[] = [];
  while (looks.length < LOOKS && !looks.at(-1)?.held && !context.signal.aborted) {
    const step = await look(instance, ratePerS, looks.length, context);
    if (step === undefined) return looks.length === 0 ? undefined : looks;
    looks.push(step);
  }
  return looks;
}

/** A rate holds when the percentile is within the limit with 99% confidence, as in LoadGen's server scenario. */
async function look(
  instance: RunningInstance,
  ratePerS: number,
  number: number,
  context: ObserveContext,
): Promise<Step | undefined> {
  const { id } = instance.contestant;
  const rounded = Math.round(ratePerS);
  context.now(`${id} at ${rounded} requests per second`);
  const samples = await offer(instance, context, {
    name: `${id}-${rounded}${number === 0 ? '' : '-again'}`,
    block: blockOf(ratePerS, number),
    ratePerS,
    warmupMs: WARMUP_MS,
    durationMs: stepMs(ratePerS, context.profile),
    // The generator's own lag made it fail (method rule 5).
    isSpoiled: (samples) => !holds(samples, 'response') && holds(samples, 'service'),
  });
  if (samples === undefined) return undefined;
  return {
    ratePerS,
    held: holds(samples, 'response'),
    tailMs: tailMs([samples], PERCENTILE),
    boundMs: boundMs([samples], PERCENTILE),
    failed: failures(samples),
    n: samples.length,
  };
}

function holds(samples: SampleTable, of: Latency): boolean {
  const bound = boundMs([samples], PERCENTILE, of);
  return bound !== null && bound <= LATENCY_LIMIT_MS && failures(samples) <= FAILED_SHARE * samples.length;
}
