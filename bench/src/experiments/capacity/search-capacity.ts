import { readManifestVersion } from '../newest-version.js';
import type { RunningInstance } from '../../contestants/index.js';
import type { Profile } from '../../record/index.js';
import type { SampleTable } from '../../samples/index.js';
import { continueCapacitySearch, samplesNeeded, startCapacitySearch } from '../../stats/index.js';
import type { ObserveContext } from '../../study/observe-context.js';
import { DEFAULT_MODEL } from '../cell.js';
import { failures, responseTailMs } from '../observed-latency.js';
import type { Capacity } from './observation.js';

const FEW = ['flask-style', 'flask-control', 'proxy-grpc', 'direct-rest'];
const CONTESTANTS: Readonly<Record<Profile, readonly string[]>> = {
  quick: FEW,
  standard: FEW,
  thorough: [...FEW, 'flask-session', 'direct-grpc'],
};
const LIMIT_MS = 50;
const PERCENTILE = 0.99;
const SEARCH = { startPerS: 350, resolution: 0.25, highestPerS: 8000, lowestPerS: 20 };
/** Shortest step; at low rates a step is as long as the percentile needs samples (method rule 9). */
const STEP_MS: Readonly<Record<Profile, number>> = { quick: 1500, standard: 1500, thorough: 10_000 };
/** Arrivals are random: so many more than needed are asked for that some always suffice. */
const SPARE = 1.15;
const TIMEOUT_MS = 2000;
/** Failed requests that a step may have and still hold. */
const FAILED_SHARE = 0.001;

type Row = Capacity['contestants'][number];

export async function searchCapacities(context: ObserveContext): Promise<Capacity> {
  const contestants: Row[] = [];
  const version = await readManifestVersion(DEFAULT_MODEL);
  for (const id of CONTESTANTS[context.profile].filter((each) => context.contestants.includes(each))) {
    if (context.signal.aborted) break;
    const launch = {
      model: DEFAULT_MODEL,
      modelVersion: version,
      modelBasePath: context.modelBasePath(DEFAULT_MODEL),
      factors: {},
    };
    const instance = await context.fleet.instance(id, launch);
    contestants.push(await searchOne(instance, version, context));
  }
  return { limitMs: LIMIT_MS, percentile: PERCENTILE, contestants };
}

async function searchOne(instance: RunningInstance, version: number, context: ObserveContext): Promise<Row> {
  const { id, label, backend } = instance.contestant;
  const steps: Row['steps'] = [];
  let search = startCapacitySearch(SEARCH);
  while (search.tryPerS !== undefined && !context.signal.aborted) {
    const ratePerS = search.tryPerS;
    context.now(`${id} at ${Math.round(ratePerS)} requests per second`);
    const samples = await offer(instance, version, ratePerS, context);
    const [tailMs, failed] = [responseTailMs([samples], PERCENTILE), failures(samples)];
    const held = tailMs !== null && tailMs <= LIMIT_MS && failed <= FAILED_SHARE * samples.length;
    steps.push({ ratePerS, held, tailMs, failed, n: samples.length });
    search = continueCapacitySearch(search, held);
  }
  const { heldPerS, failedPerS } = search;
  const overload =
    heldPerS > 0 && !context.signal.aborted ? await overloaded(instance, version, heldPerS, context) : null;
  return { contestant: id, label, backend, heldPerS, failedPerS: failedPerS ?? null, steps, overload };
}

/** Twice the capacity, then at once half of it: how soon does a new request get its answer within the limit again? */
async function overloaded(
  instance: RunningInstance,
  version: number,
  heldPerS: number,
  context: ObserveContext,
): Promise<Row['overload']> {
  const ratePerS = 2 * heldPerS;
  context.now(`${instance.contestant.id} at twice its capacity`);
  const samples = await offer(instance, version, ratePerS, context);
  const after = await offer(instance, version, heldPerS / 2, context, 0);
  const ok = samples.length - failures(samples);
  return {
    ratePerS,
    answeredPerS: (1000 * ok) / stepMs(ratePerS, context.profile),
    failedShare: samples.length === 0 ? 0 : failures(samples) / samples.length,
    p50Ms: responseTailMs([samples], 0.5),
    recoveryMs: firstWithin(after, LIMIT_MS),
  };
}

function stepMs(ratePerS: number, profile: Profile): number {
  return Math.max(STEP_MS[profile], (1000 * SPARE * samplesNeeded(PERCENTILE)) / ratePerS);
}

async function offer(
  instance: RunningInstance,
  version: number,
  ratePerS: number,
  context: ObserveContext,
  warmupMs = 200,
): Promise<SampleTable> {
  const { samples } = await context.load({
    name: `${instance.contestant.id}-${Math.round(ratePerS)}`,
    instance,
    loop: { kind: 'open', arrivals: 'poisson', ratePerS },
    golden: [await context.golden(DEFAULT_MODEL, version)],
    warmupMs,
    durationMs: stepMs(ratePerS, context.profile),
    timeoutMs: TIMEOUT_MS,
  });
  return samples;
}

/** Intended instant, in ms from the start, of the first request from which on all are answered within the limit; null: never. */
function firstWithin(samples: SampleTable, limitMs: number): number | null {
  const order = Array.from({ length: samples.length }, (_, row) => row).sort(
    (a, b) => (samples.intendedAtNs[b] ?? 0) - (samples.intendedAtNs[a] ?? 0),
  );
  let recovered: number | null = null;
  for (const row of order) {
    const intended = samples.intendedAtNs[row] ?? 0;
    if (samples.outcome[row] !== 0 || ((samples.doneAtNs[row] ?? Infinity) - intended) / 1e6 > limitMs)
      return recovered;
    recovered = intended / 1e6;
  }
  return recovered;
}
