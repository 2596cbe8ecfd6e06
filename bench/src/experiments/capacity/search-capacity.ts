import type { RunningInstance } from '../../contestants/index.js';
import type { Profile } from '../../record/index.js';
import { continueCapacitySearch, startCapacitySearch } from '../../stats/index.js';
import type { ObserveContext } from '../../study/observe-context.js';
import { DEFAULT_MODEL } from '../cell.js';
import { readManifestVersion } from '../newest-version.js';
import { failures, responseBoundMs, responseTailMs } from '../observed-latency.js';
import { compareBetween } from './compare-between.js';
import { FAILED_SHARE, LIMIT_MS, PERCENTILE } from './limit.js';
import type { Capacity } from './observation.js';
import { offer, stepMs } from './offer.js';
import { overloaded } from './overload.js';

const FEW = ['flask-style', 'proxy-grpc', 'direct-rest'];
const CONTESTANTS: Readonly<Record<Profile, readonly string[]>> = {
  quick: FEW,
  standard: FEW,
  thorough: [...FEW, 'flask-control', 'flask-session', 'direct-grpc'],
};
const SEARCH = { startPerS: 350, resolution: 0.25, highestPerS: 8000, lowestPerS: 20 };

type Row = Capacity['contestants'][number];

export async function searchCapacities(context: ObserveContext): Promise<Capacity> {
  const version = await readManifestVersion(DEFAULT_MODEL);
  const instanceOf = (id: string): Promise<RunningInstance> =>
    context.fleet.instance(id, {
      model: DEFAULT_MODEL,
      modelVersion: version,
      modelBasePath: context.modelBasePath(DEFAULT_MODEL),
      factors: {},
    });
  const contestants: Row[] = [];
  for (const id of CONTESTANTS[context.profile].filter((each) => context.contestants.includes(each))) {
    if (context.signal.aborted) break;
    contestants.push(await searchOne(await instanceOf(id), context));
  }
  const between = context.signal.aborted ? null : await compareBetween(contestants, instanceOf, context);
  return { limitMs: LIMIT_MS, percentile: PERCENTILE, contestants, between };
}

async function searchOne(instance: RunningInstance, context: ObserveContext): Promise<Row> {
  const { id, label, backend } = instance.contestant;
  const steps: Row['steps'] = [];
  let search = startCapacitySearch(SEARCH);
  while (search.tryPerS !== undefined && !context.signal.aborted) {
    const step = await tryRate(instance, search.tryPerS, context);
    if (step === undefined) break;
    steps.push(step);
    search = continueCapacitySearch(search, step.held);
  }
  const { heldPerS, failedPerS, tryPerS: leftPerS } = search;
  const overload = heldPerS > 0 && !context.signal.aborted ? await overloaded(instance, heldPerS, context) : null;
  return {
    contestant: id,
    label,
    backend,
    heldPerS,
    failedPerS: failedPerS ?? null,
    leftPerS: leftPerS ?? null,
    steps,
    overload,
  };
}

/**
 * A rate holds when the percentile is within the limit with 99% confidence, as in LoadGen's server scenario. Undefined when
 * the generator cannot keep up with it.
 */
async function tryRate(
  instance: RunningInstance,
  ratePerS: number,
  context: ObserveContext,
): Promise<Row['steps'][number] | undefined> {
  const { id } = instance.contestant;
  context.now(`${id} at ${Math.round(ratePerS)} requests per second`);
  const samples = await offer(instance, context, {
    name: `${id}-${Math.round(ratePerS)}`,
    block: Math.round(ratePerS),
    ratePerS,
    warmupMs: 200,
    durationMs: stepMs(ratePerS, context.profile),
  });
  if (samples === undefined) return undefined;
  const [tailMs, boundMs] = [responseTailMs([samples], PERCENTILE), responseBoundMs([samples], PERCENTILE)];
  const failed = failures(samples);
  const held = boundMs !== null && boundMs <= LIMIT_MS && failed <= FAILED_SHARE * samples.length;
  return { ratePerS, held, tailMs, boundMs, failed, n: samples.length };
}
